// Generated from asyncapi.yaml by `make generate`. Do not edit.
export type HereArg2 = string;
export type MoveArg2 = boolean;
export type MoveHowFast = number;
export type SayPayload = string;
export type PingPayload = number;
export type PairPayload = [number, number];
export type MovedArg2 = boolean;

export interface Point {
  x: number;
  y: number;
}
export interface LostPayload {
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
export type Response<T> = Without<Success<T>, "error"> | Without<LostPayload, "data">;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  move: (
    arg1: Point,
    arg2: MoveArg2,
    arg3: MoveHowFast,
    callback: (...res: [Point, HereArg2] | [LostPayload]) => void,
  ) => void;
  say: (payload: SayPayload) => void;
  leave: () => void;
  ping: (payload: PingPayload, ...more: unknown[]) => void;
  pair: (payload: PairPayload) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {
  moved: (arg1: Point, arg2: MovedArg2) => void;
  where: (callback: (...res: [Point, HereArg2] | []) => void) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
}
