// What compiles against the published package, and what must not.
import { io, type Socket } from "socket.io-client";
import type {
  ClientEvents,
  ClientToServerEvents,
  ErrorName,
  ErrorResponse,
  Response,
  ServerEvents,
  ServerToClientEvents,
  Todo,
  TodoID,
} from "todo-service-events";
import { schemas } from "todo-service-events/schemas";
import { createClient } from "todo-service-events/client";
import { ContractError, guard, validation } from "todo-service-events/validate";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const socket: Socket<ServerEvents, ClientEvents> = io();

const listed = await socket.emitWithAck("todo:list");
same<typeof listed, Response<Todo[]>>(true);
const created = await socket.emitWithAck("todo:create", { title: "Buy milk", completed: false });
same<typeof created, Response<TodoID>>(true);
const updated = await socket.emitWithAck("todo:update", { id: "x", title: "y", completed: true });
same<typeof updated, ErrorResponse | undefined>(true);
same<ErrorName, "entity not found" | "invalid payload" | "an unknown error has occurred" | "too many events" | "too many todos">(true);
same<ClientToServerEvents, ClientEvents>(true);
same<ServerToClientEvents, ServerEvents>(true);
if (created.error) {
  same<typeof created.data, undefined>(true);
  same<typeof created.error, ErrorName>(true);
} else {
  const id: string = created.data;
  socket.emit("todo:delete", id, (refused) => console.log(refused?.error));
}
const { data, error } = created;
if (error === undefined) same<typeof data, TodoID>(true);
socket.timeout(1000).emit("todo:read", "x", (late, found) => console.log(late, found.error));
socket.on("todo:deleted", (id) => same<typeof id, TodoID>(true));

// @ts-expect-error no such event
socket.emit("todo:archive", "x", () => {});
// @ts-expect-error a todo has a title
socket.emit("todo:create", { completed: false }, () => {});
// @ts-expect-error the id is the service's to give
socket.emit("todo:create", { id: "x", title: "x", completed: false }, () => {});
// @ts-expect-error completed is a boolean
socket.emit("todo:update", { id: "x", title: "x", completed: "yes" }, () => {});
// @ts-expect-error what is acknowledged takes a callback
socket.emit("todo:delete", "x");
// @ts-expect-error the service emits no such event
socket.on("todo:archived", () => {});
// @ts-expect-error an ack is an error or a result, never just a result
socket.emit("todo:read", "x", (res) => console.log(res.data.title));

const guarded = guard(socket, { timeout: 1000, onBreach: (error) => console.log(error.path) });
const found = await guarded.emitWithAck("todo:read", "x");
same<typeof found, Response<Todo>>(true);
guarded.on("todo:created", (todo) => same<typeof todo, Todo>(true));
// @ts-expect-error the guard knows the events too
guarded.on("todo:archived", () => {});
console.log(schemas["/"]?.client["todo:create"]?.payload, ContractError.name);

const swapped: Socket<ClientEvents, ServerEvents> = io();
// @ts-expect-error the maps are swapped
guard(swapped);
// @ts-expect-error the maps are swapped
swapped.emit("todo:delete", "x", () => {});

const todos = createClient("http://localhost:3000", { timeout: 1000, validation });
const made = await todos.call("todo:create", { title: "Buy milk", completed: false });
if (made.error) console.log(made.errorDetails?.map((detail) => detail.message));
else same<typeof made.data, TodoID>(true);
const gone = await todos.within(500).call("todo:delete", "x");
same<typeof gone, ErrorResponse | undefined>(true);
const stop: () => void = todos.keep("todo:list", [], (ack) => {
  if (!ack.error) same<typeof ack.data, Todo[]>(true);
});
todos.on("todo:created", (todo) => same<typeof todo, Todo>(true));
stop();
// @ts-expect-error no such event
todos.call("todo:archive");
// @ts-expect-error a todo has a title
todos.call("todo:create", { completed: false });
// @ts-expect-error every event of this contract is acknowledged
todos.send("todo:delete", "x");
// @ts-expect-error no such namespace
createClient("http://localhost:3000", { namespace: "/staff" });
// @ts-expect-error this contract has no auth
createClient("http://localhost:3000", { auth: { token: "x" } });
