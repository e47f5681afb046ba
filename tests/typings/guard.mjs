// A guarded socket against a service that lies: prints what reached it, and what was held back.
import { once } from "node:events";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { guard } from "todo-service-events/validate";

const id = "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13";
const server = new Server(0);
server.on("connection", (socket) => {
  socket.on("todo:list", (ack) => ack({ data: [{ id: "no uuid", title: "x", completed: false }] }));
  socket.on("todo:read", (_, ack) => ack({ data: { id, title: "Buy milk", completed: false } }));
  socket.on("todo:delete", (_, ack) => ack());
  socket.on("todo:update", () => {
    socket.emit("todo:created", { id, title: "", completed: false });
    socket.emit("todo:deleted", id, id);
    socket.emit("todo:created", { id, title: "Call Ada", completed: false });
  });
});
const socket = io(`http://localhost:${server.httpServer.address().port}`);
await once(socket, "connect");
const breaches = [];
const { on, emitWithAck } = guard(socket, { timeout: 1000, onBreach: ({ message }) => breaches.push(message) });

const heard = new Promise((resolve) => on("todo:created", resolve));
on("todo:deleted", () => console.log("never"));
console.log("read", (await emitWithAck("todo:read", id)).data.title);
console.log("deleted", await emitWithAck("todo:delete", id));
await emitWithAck("todo:list").catch(({ name, event, path }) => console.log(name, event, path));
await emitWithAck("todo:update", {}).catch(({ message }) => console.log(message));
console.log("heard", (await heard).title);
console.log(breaches.join("\n"));
socket.close();
server.close();
