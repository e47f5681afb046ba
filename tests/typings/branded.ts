// What compiles where ids are types of their own, and what must not.
import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents, Todo, TodoID } from "./typings/index.js";

const socket: Socket<ServerEvents, ClientEvents> = io();
const found = await socket.emitWithAck("todo:create", { title: "Buy milk", completed: false });
if (!found.error) socket.emit("todo:delete", found.data, () => {});
const stored: TodoID = "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13" as TodoID;
const todo: Todo = { id: stored, title: "Buy milk", completed: true };
socket.emit("todo:update", todo, () => {});
const words: string = todo.id;
console.log(words);
// @ts-expect-error a title is not an id
socket.emit("todo:delete", todo.title, () => {});
// @ts-expect-error a text is not an id
socket.emit("todo:read", "x", () => {});
// @ts-expect-error nor in a todo
const made: Todo = { id: "x", title: "Buy milk", completed: true };
