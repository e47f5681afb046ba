// The peer: the tutorial's server in Node, in memory, on socket.io and joi as they come.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Joi from "joi";
import { Server } from "socket.io";

const INVALID_PAYLOAD = "invalid payload";
const NOT_FOUND = "entity not found";

const id = Joi.string().guid({ version: "uuidv4" });
const todo = Joi.object({
  id: id.alter({ create: (schema) => schema.forbidden(), update: (schema) => schema.required() }),
  title: Joi.string().max(256).required(),
  completed: Joi.boolean().required(),
});
const newTodo = todo.tailor("create");
const wholeTodo = todo.tailor("update");
const options = { abortEarly: false, stripUnknown: true };

const todos = new Map();

const invalid = (error) => ({
  error: INVALID_PAYLOAD,
  errorDetails: error.details.map(({ message, path, type }) => ({ message, path, type })),
});

const handlers = (socket) => ({
  "todo:list": async (callback) => {
    callback({ data: [...todos.values()] });
  },
  "todo:create": async (payload, callback) => {
    const { error, value } = newTodo.validate(payload, options);
    if (error) return callback(invalid(error));
    value.id = randomUUID();
    todos.set(value.id, value);
    callback({ data: value.id });
    socket.broadcast.emit("todo:created", value);
  },
  "todo:read": async (payload, callback) => {
    const { error } = id.validate(payload);
    if (error || !todos.has(payload)) return callback({ error: NOT_FOUND });
    callback({ data: todos.get(payload) });
  },
  "todo:update": async (payload, callback) => {
    const { error, value } = wholeTodo.validate(payload, options);
    if (error) return callback(invalid(error));
    todos.set(value.id, value);
    callback();
    socket.broadcast.emit("todo:updated", value);
  },
  "todo:delete": async (payload, callback) => {
    const { error } = id.validate(payload);
    if (error || !todos.delete(payload)) return callback({ error: NOT_FOUND });
    callback();
    socket.broadcast.emit("todo:deleted", payload);
  },
});

const http = createServer();
const io = new Server(http, { cors: { origin: ["http://localhost:4200"] } });
io.on("connection", (socket) => {
  for (const [event, handler] of Object.entries(handlers(socket))) socket.on(event, handler);
});
http.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 0), backlog: 4096 });
