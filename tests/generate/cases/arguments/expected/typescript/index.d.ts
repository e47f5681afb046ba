// Generated from asyncapi.yaml by `make generate`. Do not edit.
export type Text = string;
export type Numbers = number[];
export type NumberPayload = number;
export type WholePayload = number;
export type TruthPayload = boolean;
/**
 * @maxItems 9
 */
export type TextsPayload = Text[];
export type AnythingPayload = unknown;
export type OldPayload = string;
export type TickPayload = number[];

export interface PairPayload {
  left: string;
  "the right": string;
  class?: string;
  [k: string]: unknown;
}

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  none: () => void;
  number: (payload: NumberPayload) => void;
  whole: (payload: WholePayload) => void;
  truth: (payload: TruthPayload) => void;
  "a text": (payload: Text) => void;
  texts: (payload: TextsPayload, callback: (res: Numbers) => void) => void;
  anything: (payload: AnythingPayload) => void;
  pair: (payload: PairPayload) => void;
  old: (payload: OldPayload) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {
  tick: (payload: TickPayload) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
}
