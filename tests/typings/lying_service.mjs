// The typed client against a service that lies, and one that is late: prints what reached it.
import { Server } from "socket.io";
import { createClient } from "todo-service-events/client";
import { validation } from "todo-service-events/validate";

const server = new Server(0);
let asked = 0;
server.on("connection", (socket) => {
  socket.on("todo:list", (ack) => {
    asked += 1;
    if (asked > 1) ack({ data: [] });
  });
  socket.on("todo:read", (_, ack) => ack({ data: { id: "no uuid", title: "x", completed: false } }));
  socket.on("todo:delete", (id, ack) => {
    socket.emit("todo:created", { id, title: "", completed: false });
    socket.emit("todo:created", { id, title: "Call Ada", completed: false });
    ack();
  });
});
// @ts-ignore: the server's own type has no port
const url = `http://localhost:${server.httpServer.address().port}`;
/** @type {Set<string>} */
const errors = new Set();
/** @type {(error: Error) => void} */
const onError = ({ name, message }) => void errors.add(`${name} ${message}`);
const client = createClient(url, { validation, onError });
await client.connected();

const impatient = createClient(url, { timeout: 100, onError });
console.log("kept", await new Promise((resolve) => impatient.keep("todo:list", [], resolve)));
impatient.close();
await client.call("todo:read", "x").catch(({ name, event, path }) => console.log(name, event, path));
client.on("todo:created", ({ title }) => console.log("heard", title));
await client.call("todo:delete", "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13");
await client.within(100).call("todo:update", { id: "x", title: "x", completed: true }).catch(({ message }) => console.log(message));
console.log([...errors].join("\n"));

server.of("/").use((_, next) => next(Object.assign(new Error("not today"), { data: { code: 401 } })));
const stranger = createClient(url);
await stranger.connected().catch(({ message, data }) => console.log(message, data));
stranger.close();
client.close();
server.close();
