import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "./expected/typescript/index.js";

const socket: Socket<ServerEvents, ClientEvents> = io();
socket.emit("move", { x: 1, y: 2 }, true, 3, (first, where?: string) => console.log(first, where));
// @ts-expect-error: three arguments, not one list of them
socket.emit("move", [{ x: 1, y: 2 }, true, 3], () => {});
socket.emit("say", "hello");
socket.emit("leave");
socket.emit("ping", 1, "whatever", 2);
socket.emit("pair", [1, 2]);
socket.on("moved", ({ x }, fast) => console.log(x, fast));
socket.on("where", (answer) => answer({ x: 1, y: 2 }, "here"));
socket.on("where", (answer) => answer());
