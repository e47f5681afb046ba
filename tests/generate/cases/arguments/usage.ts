import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "./expected/typescript/index.js";

const socket: Socket<ServerEvents, ClientEvents> = io();
socket.emit("none");
socket.emit("number", 1.5);
socket.emit("truth", true);
socket.emit("a text", "hello");
socket.emit("anything", { deep: [1] });
socket.emit("pair", { left: "a", "the right": "b" });
const numbers: number[] = await socket.emitWithAck("texts", ["a", "b"]);
socket.on("tick", (ticks) => console.log(numbers.length + ticks.length));
// @ts-expect-error no argument
socket.emit("none", 1);
// @ts-expect-error an array is one argument
socket.emit("texts", "a", "b", () => {});
// @ts-expect-error a number is no text
socket.emit("a text", 1);
// @ts-expect-error no such event
socket.emit("nothing");
