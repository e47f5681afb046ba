import { io, type Socket } from "socket.io-client";
import type {
  ClientEvents,
  LightMeasuredClientEvents,
  LightMeasuredServerEvents,
  ServerEvents,
} from "./expected/typescript/index.js";

const lamps: Socket<LightMeasuredServerEvents, LightMeasuredClientEvents> = io("/lights");
lamps.emit("light-measured", { lumens: 3 });
lamps.emit("turn/off", true);

const main: Socket<ServerEvents, ClientEvents> = io();
main.emit("avro", { any: ["thing"] });
main.emit("class", "on", (pet) => console.log(pet.error ?? pet.kind));
main.on("pet", (...[pet, answer]) => answer?.(pet.kind));
main.on("class", (told) => console.log(told === "on" || told === "off" ? told : told.error));
