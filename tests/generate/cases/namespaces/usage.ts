import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import type {
  ClientEvents,
  ServerEvents,
  ClientToServerEvents,
  ServerToClientEvents,
  StaffRoomClientEvents,
  StaffRoomServerEvents,
} from "./expected/typescript/index.js";

const server = new Server<ClientEvents, ServerEvents>();
server.on("connection", (socket) => {
  socket.on("say", (line, callback) => callback({ at: line.text.length, seen: [] }));
  socket.to("hall").emit("said", { text: "hello" });
  // @ts-expect-error a staff event is no event of the lobby
  socket.emit("kicked");
});

const lobby: Socket<ServerToClientEvents, ClientToServerEvents> = io();
const answer = await lobby.emitWithAck("say", { text: "hello" });
if (answer.reason) {
  const reason: "arguments" | "payload" | "failure" = answer.reason;
  console.log(reason);
} else {
  console.log(answer.at + 1, answer.seen.length);
}
// @ts-expect-error the text is required
lobby.emit("say", {}, () => {});

const staff: Socket<StaffRoomServerEvents, StaffRoomClientEvents> = io("/staff");
staff.emit("say", { text: "hello" });
staff.on("kicked", () => {});
// @ts-expect-error kicked has no argument
staff.on("kicked", (who: string) => who);
