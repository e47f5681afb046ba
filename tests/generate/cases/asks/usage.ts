import { Server } from "socket.io";
import type { ClientEvents, ServerEvents } from "./expected/typescript/index.js";

const server = new Server<ClientEvents, ServerEvents>();
server.on("connection", (socket) => {
  socket.on("start", async () => {
    const confirmed: boolean = await socket.timeout(1000).emitWithAck("confirm", "Really?");
    console.log(confirmed);
  });
});
