// The tutorial's handlers, in memory, with joi: the same for the peers in Node and in Bun.
import { randomUUID } from "node:crypto";
import Joi from "joi";

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

export const judgeId = (value) => id.validate(value);
export const judgeNew = (value) => newTodo.validate(value, options);
export const judgeWhole = (value) => wholeTodo.validate(value, options);

export const notFound = { error: NOT_FOUND };

export const invalid = (error) => ({
  error: INVALID_PAYLOAD,
  errorDetails: error.details.map(({ message, path, type }) => ({ message, path, type })),
});

const todos = new Map();

export const inMemory = (socket) => ({
  "todo:list": async (callback) => {
    callback({ data: [...todos.values()] });
  },
  "todo:create": async (payload, callback) => {
    const { error, value } = judgeNew(payload);
    if (error) return callback(invalid(error));
    value.id = randomUUID();
    todos.set(value.id, value);
    callback({ data: value.id });
    socket.broadcast.emit("todo:created", value);
  },
  "todo:read": async (payload, callback) => {
    const { error } = judgeId(payload);
    if (error || !todos.has(payload)) return callback(notFound);
    callback({ data: todos.get(payload) });
  },
  "todo:update": async (payload, callback) => {
    const { error, value } = judgeWhole(payload);
    if (error) return callback(invalid(error));
    todos.set(value.id, value);
    callback();
    socket.broadcast.emit("todo:updated", value);
  },
  "todo:delete": async (payload, callback) => {
    const { error } = judgeId(payload);
    if (error || !todos.delete(payload)) return callback(notFound);
    callback();
    socket.broadcast.emit("todo:deleted", payload);
  },
});

export const serve = (io, handlers) =>
  io.on("connection", (socket) => {
    for (const [event, handler] of Object.entries(handlers(socket))) socket.on(event, handler);
  });
