// Generated from asyncapi.yaml by `make generate`. Do not edit.
/**
 * One line. It is kept for "a while", in C:\chat.
 */
export interface Line {
  text: string;
  to?: string;
  [k: string]: unknown;
}
export interface Delivery {
  at: number;
  seen: string[];
}
export interface Refused {
  reason: "arguments" | "payload" | "failure";
  breaches?: {
    [k: string]: unknown;
  }[];
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
export type Response<T> = Without<Success<T>, "breaches" | "reason"> | Without<Refused, "data">;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  /**
   * Say something
   */
  say: (
    payload: Line,
    callback: (
      res: Without<Delivery, "breaches" | "reason"> | Without<Refused, "at" | "seen">,
    ) => void,
  ) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {
  /**
   * Something was said
   *
   * Everyone in the room hears it.
   */
  said: (payload: Line) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** What clients emit in the namespace `/staff`. */
export interface StaffRoomClientEvents {
  say: (payload: Line) => void;
}

/** What the service emits in the namespace `/staff`. */
export interface StaffRoomServerEvents {
  kicked: () => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type StaffRoomClientToServerEvents = StaffRoomClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type StaffRoomServerToClientEvents = StaffRoomServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
  "/staff": {
    client: StaffRoomClientEvents;
    server: StaffRoomServerEvents;
    auth: null;
    parameters: null;
  };
}
