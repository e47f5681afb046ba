// Generated from asyncapi.yaml by `make generate`. Do not edit.
export type Mood = "glad" | "sad";
export type Amount = number;
export type HeardArg1 = number;
export type HeardArg2 = string;
export type ShoutArg1 = string;
export type ShoutArg2 = boolean;
export type CountPayload = number;
export type SumsPayload = boolean;
export type AddPayload = string;
export type AnyRest = string;
export type ShoutedArg1 = string;
export type AddedPayload = string;

export interface FailedPayload {
  error: string;
  [k: string]: unknown;
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
export type Response<T> = Without<Success<T>, "error"> | Without<FailedPayload, "data">;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  shout: (
    ...args:
      | [arg1: ShoutArg1, callback: (...res: [HeardArg1, HeardArg2?] | [FailedPayload]) => void]
      | [
          arg1: ShoutArg1,
          arg2: ShoutArg2,
          callback: (...res: [HeardArg1, HeardArg2?] | [FailedPayload]) => void,
        ]
      | [
          arg1: ShoutArg1,
          arg2: ShoutArg2,
          arg3: Mood,
          callback: (...res: [HeardArg1, HeardArg2?] | [FailedPayload]) => void,
        ]
  ) => void;
  count: (
    ...args:
      | [callback: (...res: [HeardArg1, HeardArg2?] | [FailedPayload]) => void]
      | [
          payload: CountPayload,
          callback: (...res: [HeardArg1, HeardArg2?] | [FailedPayload]) => void,
        ]
  ) => void;
  add: (
    ...args: [
      payload: AddPayload,
      ...rest: Amount[],
      callback: (...res: [SumsPayload, ...Amount[]] | [FailedPayload]) => void,
    ]
  ) => void;
  any: (...rest: AnyRest[]) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {
  shouted: (arg1: ShoutedArg1, arg2?: Mood) => void;
  added: (payload: AddedPayload, ...rest: Amount[]) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
}
