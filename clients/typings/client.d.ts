// Generated from asyncapi.yaml by `make generate`. Do not edit.
import type { ManagerOptions, Socket, SocketOptions } from "socket.io-client";
import type { Namespaces } from "./index.js";
import type { Acknowledged, Emitted, Validation } from "./validate.js";

/** No ack came: not in time, or the connection was lost before. Its `cause` is socket.io's error. */
export declare class CallError extends Error {
  /** The event that was not acknowledged. */
  readonly event: string;
}

type Path = keyof Namespaces;
type Server<Of extends Path> = Namespaces[Of]["server"];
type Client<Of extends Path> = Namespaces[Of]["client"];

/** The events that are acknowledged. */
export type Asked<Of extends Path> = {
  [Event in keyof Client<Of> & string]: [Emitted<Client<Of>[Event]>] extends [never] ? never : Event;
}[keyof Client<Of> & string];

/** The events that nothing acknowledges. */
export type Told<Of extends Path> = Exclude<keyof Client<Of> & string, Asked<Of>>;

type Arguments<Event> = Event extends (...args: infer Args) => void ? Args : never;

type Auth<Payload> = [Payload] extends [null]
  ? { auth?: never }
  : { auth: Payload | ((connect: (auth: Payload) => void) => void) };

type Parameters<Values> = [Values] extends [null] ? { parameters?: never } : { parameters: Values };

export type Options<Of extends Path> = Auth<Namespaces[Of]["auth"]> &
  Parameters<Namespaces[Of]["parameters"]> & {
    /** How long an ack, or the first connect, may take, in milliseconds; ten seconds by default. */
    timeout?: number;
    /** What checks all that arrives: `validation` of this package's `validate`, which needs ajv. */
    validation?: Validation;
    /** Is told of what nobody waits for: an event that breaks the contract, a kept call that failed. */
    onError?: (error: Error) => void;
    /** What socket.io takes besides. */
    socket?: Partial<Omit<ManagerOptions & SocketOptions, "auth">>;
  };

export interface Caller<Of extends Path> {
  /**
   * Emits, and resolves to the ack, whether it is a success or a declared error: `if (ack.error)`
   * narrows it. Rejects with a `CallError` when none came, and with a `ContractError` when it breaks
   * the contract and `validation` is on.
   */
  call<Event extends Asked<Of>>(
    event: Event,
    ...args: Emitted<Client<Of>[Event]>
  ): Promise<Acknowledged<Client<Of>[Event]>>;
}

/** A client of one namespace. It connects at once, and again whenever the connection is lost. */
export interface ServiceClient<Of extends Path> extends Caller<Of> {
  /** The socket beneath. */
  readonly socket: Socket<Server<Of>, Client<Of>>;
  /** Resolves once it is connected; rejects when the service refuses it, or when that takes too long. */
  connected(): Promise<void>;
  /** Calls with another deadline, in milliseconds. */
  within(milliseconds: number): Caller<Of>;
  /** Emits an event that nothing acknowledges. */
  send<Event extends Told<Of>>(event: Event, ...args: Arguments<Client<Of>[Event]>): void;
  /** Calls `listener` with an event of the service; returns what removes it. */
  on<Event extends keyof Server<Of> & string>(event: Event, listener: Server<Of>[Event]): () => void;
  /**
   * Calls now and after every reconnect, and gives `receive` each ack, in order with the events that
   * `on` hears: what was missed meanwhile is made good. Asks again when no ack came in time. Returns
   * what ends it.
   */
  keep<Event extends Asked<Of>>(
    event: Event,
    args: Emitted<Client<Of>[Event]>,
    receive: (ack: Acknowledged<Client<Of>[Event]>) => void,
  ): () => void;
  /** Disconnects for good. */
  close(): void;
}

/** Connects to the service at `url`; in a browser, `undefined` is where the page came from. */
export declare function createClient(
  url: string | undefined,
  ...options: {} extends Options<"/"> ? [Options<"/">?] : [Options<"/">]
): ServiceClient<"/">;
/** Connects to one of its namespaces. */
export declare function createClient<Of extends Path>(
  url: string | undefined,
  options: Options<Of> & { namespace: Of },
): ServiceClient<Of>;
