import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "./expected/typescript/index.js";

const socket: Socket<ServerEvents, ClientEvents> = io();
socket.emit("hello", "world");
