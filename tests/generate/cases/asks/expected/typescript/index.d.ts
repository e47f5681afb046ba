// Generated from asyncapi.yaml by `make generate`. Do not edit.
export type Question = string;
export type Confirmed = boolean;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  start: () => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {
  confirm: (payload: Question, callback: (res: Confirmed) => void) => void;
  "are you there": (callback: () => void) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
}
