import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "./expected/typescript/index.js";

const socket: Socket<ServerEvents, ClientEvents> = io();
socket.emit("shout", "hello", (first, second?: string) => console.log(first, second));
socket.emit("shout", "hello", true, "glad", () => {});
// @ts-expect-error: the first argument must be there
socket.emit("shout", () => {});
// @ts-expect-error: not in this order
socket.emit("shout", "hello", "glad", () => {});
socket.emit("count", () => {});
socket.emit("count", 1, () => {});
socket.emit("add", "sum", () => {});
socket.emit("add", "sum", 1, 2, 3, () => {});
// @ts-expect-error: numbers follow
socket.emit("add", "sum", 1, "2", () => {});
socket.emit("any");
socket.emit("any", "a", "b");
socket.on("shouted", (text, mood) => console.log(text.length, mood?.length));
socket.on("added", (text, ...amounts) => console.log(text, amounts.length));
const answer = await socket.emitWithAck("add", "sum", 1);
console.log(answer);
