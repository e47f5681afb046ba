// What compiles where the package is required rather than imported.
import { io, type Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents, Todo } from "todo-service-events";
import { createClient } from "todo-service-events/client";
import { schemas } from "todo-service-events/schemas";
import { guard, validation } from "todo-service-events/validate";

const socket: Socket<ServerEvents, ClientEvents> = io();
guard(socket).on("todo:created", (todo: Todo) => console.log(todo.title));
// @ts-expect-error no such event
guard(socket).on("todo:archived", () => {});

const todos = createClient("http://localhost:3000", { validation });
void todos.call("todo:read", "x").then((ack) => console.log(ack.error ?? ack.data.title));
console.log(schemas["/"]?.client["todo:list"]?.args);
