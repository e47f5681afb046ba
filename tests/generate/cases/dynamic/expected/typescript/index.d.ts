// Generated from asyncapi.yaml by `make generate`. Do not edit.
export type Line = string;
export type OpenPayload = string;
export type SitPayload = number;
export type YesPayload = boolean;
export type TakenPayload = string;

export interface Refused {
  error: string;
  [k: string]: unknown;
}
/**
 * The parameters of `/rooms/{id}`.
 */
export interface RoomParameters {
  /**
   * The name of the room.
   */
  id: string;
}
export interface SeatAuth {
  name: string;
  [k: string]: unknown;
}
/**
 * The parameters of `/{floor}/seats/{seat-number}`.
 */
export interface SeatParameters {
  floor: "ground" | "first";
  "seat-number": string;
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
export type Response<T> = Without<Success<T>, "error"> | Without<Refused, "data">;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  open: (payload: OpenPayload, callback: (res?: Refused) => void) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** What clients emit in the namespace `/rooms/{id}`. */
export interface RoomClientEvents {
  say: (payload: Line, callback: (res?: Refused) => void) => void;
}

/** What the service emits in the namespace `/rooms/{id}`. */
export interface RoomServerEvents {
  said: (payload: Line) => void;
  opened: () => void;
  sure: (callback: (res: YesPayload) => void) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type RoomClientToServerEvents = RoomClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type RoomServerToClientEvents = RoomServerEvents;

/** What clients emit in the namespace `/rooms/attic`. */
export interface AtticClientEvents {
  say: (payload: Line) => void;
}

/** What the service emits in the namespace `/rooms/attic`. */
export interface AtticServerEvents {}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type AtticClientToServerEvents = AtticClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type AtticServerToClientEvents = AtticServerEvents;

/** What clients emit in the namespace `/{floor}/seats/{seat-number}`. */
export interface SeatClientEvents {
  sit: (payload: SitPayload) => void;
}

/** What the service emits in the namespace `/{floor}/seats/{seat-number}`. */
export interface SeatServerEvents {
  taken: (payload: TakenPayload) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type SeatClientToServerEvents = SeatClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type SeatServerToClientEvents = SeatServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
  "/rooms/{id}": {
    client: RoomClientEvents;
    server: RoomServerEvents;
    auth: null;
    parameters: RoomParameters;
  };
  "/rooms/attic": {
    client: AtticClientEvents;
    server: AtticServerEvents;
    auth: null;
    parameters: null;
  };
  "/{floor}/seats/{seat-number}": {
    client: SeatClientEvents;
    server: SeatServerEvents;
    auth: SeatAuth;
    parameters: SeatParameters;
  };
}
