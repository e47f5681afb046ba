// Generated from asyncapi.yaml by `make generate`. Do not edit.
/**
 * A version 4 UUID, lower case and hyphenated. No other spelling names a todo.
 */
export type TodoID = string;
/**
 * What is to be done: 1 to 256 characters (code points), kept as sent, spaces included. NUL and lone surrogates, which no database stores faithfully, are refused.
 */
export type Title = string;
/**
 * Whether it is done.
 */
export type Completed = boolean;
/**
 * Names one attempt to create a todo, however often it is sent: a UUID of RFC 9562, hyphenated, of any version (4 and 7 are what libraries make), but neither all zeros nor all ones. Upper and lower case are the same key. It is remembered for 24 hours, unless 100,000 others are used after it.
 */
export type IdempotencyKey = string;
/**
 * Why an operation was refused. `entity not found`: no todo has that id. `invalid payload`: the arguments break the contract. `too many events`: the client has emitted more events in a second than one client may. `too many todos`: the list is full, delete some first. `an unknown error has occurred`: the service failed.
 */
export type ErrorName =
  | "entity not found"
  | "invalid payload"
  | "too many events"
  | "too many todos"
  | "an unknown error has occurred";

/**
 * A todo before it is stored. The id is the service's to give.
 */
export interface NewTodo {
  id?: never;
  title: Title;
  completed: Completed;
  idempotencyKey?: IdempotencyKey;
}
/**
 * A todo as it is stored, listed and broadcast.
 */
export interface Todo {
  id: TodoID;
  title: Title;
  completed: Completed;
}
/**
 * What `todo:list` acknowledges.
 */
export interface TodoListData {
  /**
   * All todos, oldest first.
   */
  data: Todo[];
}
/**
 * What `todo:create` acknowledges.
 */
export interface TodoIDData {
  data: TodoID;
}
/**
 * What `todo:read` acknowledges.
 */
export interface TodoData {
  data: Todo;
}
/**
 * How many clients are connected to one node of the service.
 */
export interface Presence {
  /**
   * Clients, whoever is told included.
   */
  clients: number;
}
/**
 * What `presence:watch` acknowledges.
 */
export interface PresenceData {
  data: Presence;
}
/**
 * What every operation acknowledges when it changed nothing.
 */
export interface ErrorResponse {
  error: ErrorName;
  /**
   * Every violation of an invalid payload, in the order of the schema's properties.
   */
  errorDetails?: ErrorDetail[];
}
/**
 * One violation of a payload's schema.
 */
export interface ErrorDetail {
  /**
   * The violation in words; the label is the key in double quotes.
   */
  message: string;
  /**
   * Where in the payload, as keys and indices; empty for the payload itself.
   */
  path: (string | number)[];
  /**
   * The rule that was broken.
   */
  type: string;
}

/**
 * A shape of an ack, without the keys of its other shapes: `if (ack.error)` tells which one it is.
 */
export type Without<Shape, Keys extends string> = Shape & { [Key in Keys]?: never };

/**
 * What an operation acknowledges when it was carried out.
 */
export interface Success<T> {
  data: T;
}

/**
 * What an operation acknowledges: its result, or why there is none.
 */
export type Response<T> =
  Without<Success<T>, "error" | "errorDetails"> | Without<ErrorResponse, "data">;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  /**
   * List the todos
   *
   * Acknowledges all todos in the order of their creation. The list never contradicts the broadcasts: whatever it holds was broadcast before it, whatever it lacks is broadcast after.
   */
  "todo:list": (callback: (res: Response<Todo[]>) => void) => void;
  /**
   * Create a todo
   *
   * Acknowledges the id that the service gave the todo, once the todo is durable, and broadcasts the whole todo to the others. When the list is full, the acknowledgement is `too many todos` and nobody is told. With an `idempotencyKey` that was used before, the acknowledgement is the id of the todo first stored with it, nothing is stored and nobody is told: a client may retry.
   */
  "todo:create": (payload: NewTodo, callback: (res: Response<TodoID>) => void) => void;
  /**
   * Read a todo
   *
   * Acknowledges the todo. An id that no todo has, malformed ones of any type included, acknowledges `entity not found`.
   */
  "todo:read": (payload: TodoID, callback: (res: Response<Todo>) => void) => void;
  /**
   * Update a todo
   *
   * Acknowledges with no argument once the change is durable, and broadcasts the whole todo to the others. A todo that does not exist, or no longer, is not brought back: the acknowledgement is `entity not found` and nobody is told.
   */
  "todo:update": (payload: Todo, callback: (res?: ErrorResponse) => void) => void;
  /**
   * Delete a todo
   *
   * Acknowledges with no argument once the deletion is durable, and broadcasts the id to the others. An id that no todo has, malformed ones of any type included, acknowledges `entity not found` and nobody is told.
   */
  "todo:delete": (payload: TodoID, callback: (res?: ErrorResponse) => void) => void;
  /**
   * Watch who is here
   *
   * Acknowledges how many clients are connected to this node of the service, on all of its workers, the client itself included. From then on the client hears `presence:changed`; one that has never asked does not. A client asks again on every connect.
   */
  "presence:watch": (callback: (res: Response<Presence>) => void) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {
  /**
   * A todo was created
   *
   * Sent to every client but the creator's, after the todo is durable.
   */
  "todo:created": (payload: Todo) => void;
  /**
   * A todo was updated
   *
   * Sent to every client but the one that made the change, after it is durable.
   */
  "todo:updated": (payload: Todo) => void;
  /**
   * A todo was deleted
   *
   * Sent to every client but the one that deleted it, after the deletion is durable.
   */
  "todo:deleted": (payload: TodoID) => void;
  /**
   * Clients came or went
   *
   * Sent to the clients that have emitted `presence:watch`, at most once a second, and only when the number is another than they were told last. Clients of other nodes are not counted: nodes know of each other's todos only.
   */
  "presence:changed": (payload: Presence) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
}
