// Generated from asyncapi.yaml by `make generate`. Do not edit.
export type Colour = "red" | "dark green" | "3d";
export type Level = 1 | 2 | 3;
/**
 * A circle, or a group of shapes.
 */
export type Shape = Circle | Group;
export type Labelled = Circle & {
  name: string;
  [k: string]: unknown;
};

export interface Circle {
  kind: "circle";
  radius: number;
  colour?: Colour;
  label?: string | null;
  filled?: boolean;
  level?: Level | null;
  [k: string]: unknown;
}
export interface Group {
  kind: "group";
  shapes: Shape[];
  parent?: Group;
  weights?: {
    [k: string]: number;
  };
  nothing?: never;
  [k: string]: unknown;
}
export interface Drawn {
  data: Labelled[];
}
export interface Failure {
  error: "too big" | "too small";
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
export type Response<T> = Without<Success<T>, "error"> | Without<Failure, "data">;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  draw: (payload: Shape, callback: (res: Response<Labelled[]>) => void) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
}
