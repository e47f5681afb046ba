import { io, type Socket } from "socket.io-client";
import type {
  RoomClientEvents,
  RoomParameters,
  RoomServerEvents,
  SeatParameters,
} from "./expected/typescript/index.js";

const where: RoomParameters = { id: "kitchen" };
const room: Socket<RoomServerEvents, RoomClientEvents> = io(`/rooms/${where.id}`);
room.emit("say", "soup", (refused) => console.log(refused?.error));
room.on("said", (line) => console.log(line.length));
const seat: SeatParameters = { floor: "ground", "seat-number": "7" };
// @ts-expect-error: there are two floors
seat.floor = "attic";
