import { io, type Socket } from "socket.io-client";
import type {
  ClientEvents,
  Labelled,
  Response,
  ServerEvents,
  Shape,
} from "./expected/typescript/index.js";

const socket: Socket<ServerEvents, ClientEvents> = io();
const circle: Shape = { kind: "circle", radius: 1, label: null, level: null, colour: "3d" };
const group: Shape = { kind: "group", shapes: [circle], weights: { heavy: 2 } };
const response: Response<Labelled[]> = await socket.emitWithAck("draw", group);
if (response.error) {
  const error: "too big" | "too small" = response.error;
  console.log(error);
} else {
  console.log(response.data.map((shape) => shape.name + shape.radius));
}
// @ts-expect-error no such colour
socket.emit("draw", { kind: "circle", radius: 1, colour: "blue" }, () => {});
// @ts-expect-error a circle has a radius
socket.emit("draw", { kind: "circle" }, () => {});
// @ts-expect-error what the schema forbids
socket.emit("draw", { kind: "group", shapes: [], nothing: 1 }, () => {});
