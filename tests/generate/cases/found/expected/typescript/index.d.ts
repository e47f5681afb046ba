// Generated from asyncapi.yaml by `make generate`. Do not edit.
export type LampState = "on" | "off";
export type Pet = Pet1 & {
  kind: string;
  [k: string]: unknown;
};
export type Pet1 = Dog | Cat;
export type Dog = PetBase & {
  kind: "dog";
  barks?: boolean;
  friend?: Pet;
  [k: string]: unknown;
};
export type Cat = PetBase & {
  kittens?: Cat[];
  [k: string]: unknown;
};
/**
 * Described in application/vnd.apache.avro;version=1.9.0.
 */
export type AvroPayload = unknown;
export type TurnOffPayload = boolean;

export interface LampState2 {
  state?: LampState;
  [k: string]: unknown;
}
export interface Error2 {
  error?: string;
  [k: string]: unknown;
}
export interface PetBase {
  kind: string;
  [k: string]: unknown;
}
/**
 * The parameters of `/lights/{lamp}/measured`.
 */
export interface LightMeasuredParameters {
  /**
   * Which lamp.
   */
  lamp: string;
}
export interface MeasuredPayload {
  lumens: number;
  at?: string;
  next?: MeasuredPayload;
  [k: string]: unknown;
}

/**
 * A shape of an ack, without the keys of its other shapes: `if (ack.error)` tells which one it is.
 */
export type Without<Shape, Keys extends string> = Shape & { [Key in Keys]?: never };

/** What clients emit in the namespace `/lights/{lamp}/measured`. */
export interface LightMeasuredClientEvents {
  /**
   * Slow
   *
   * It takes its time.
   */
  "light-measured": (payload: MeasuredPayload) => void;
  /**
   * Slow
   *
   * It takes its time.
   */
  "turn/off": (payload: TurnOffPayload) => void;
}

/** What the service emits in the namespace `/lights/{lamp}/measured`. */
export interface LightMeasuredServerEvents {}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type LightMeasuredClientToServerEvents = LightMeasuredClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type LightMeasuredServerToClientEvents = LightMeasuredServerEvents;

/** What clients emit in the namespace `/`. */
export interface ClientEvents {
  avro: (payload: AvroPayload) => void;
  class: (
    payload: LampState,
    callback: (res: Without<Pet, "error"> | Without<Error2, "kind">) => void,
  ) => void;
}

/** What the service emits in the namespace `/`. */
export interface ServerEvents {
  /**
   * Tell of a class
   */
  pet: (...args: [payload: Pet] | [payload: Pet, callback: (res: AvroPayload) => void]) => void;
  /**
   * Tell of a class
   */
  class: (...args: [payload: Error2] | [payload: LampState]) => void;
}

/** ClientEvents, by the name that socket.io's documentation uses. */
export type ClientToServerEvents = ClientEvents;

/** ServerEvents, by the name that socket.io's documentation uses. */
export type ServerToClientEvents = ServerEvents;

/** Each namespace, by its path: its event maps, and what a client connects with. */
export interface Namespaces {
  "/lights/{lamp}/measured": {
    client: LightMeasuredClientEvents;
    server: LightMeasuredServerEvents;
    auth: null;
    parameters: LightMeasuredParameters;
  };
  "/": { client: ClientEvents; server: ServerEvents; auth: null; parameters: null };
}
