import type { Socket } from "socket.io-client";
import type { Namespaces } from "./index.js";

/** Something arrived that the contract does not allow. */
export declare class ContractError extends Error {
  /** The event that it arrived with, or whose ack it is. */
  readonly event: string;
  /** Where in the argument, as a JSON Pointer; empty for the argument itself. */
  readonly path: string;
}

/** Throws a `ContractError` unless `args` is what the service's `event` carries. */
export declare function checkEvent(event: string, args: unknown[], namespace?: string): void;

/** Throws a `ContractError` unless `args` is what acknowledges the client's `event`. */
export declare function checkAck(event: string, args: unknown[], namespace?: string): void;

/** Both checks, for a client that is to check what arrives. */
export declare const validation: Validation;

export interface Validation {
  checkEvent: typeof checkEvent;
  checkAck: typeof checkAck;
}

/** A socket that lets nothing through that breaks the contract. */
export interface Guarded<Server, Client> {
  /** Calls `listener` with events that keep to the contract; returns what removes it. */
  on<Event extends keyof Server & string>(event: Event, listener: Server[Event]): () => void;
  /** Emits, and resolves to the ack; rejects with a `ContractError` when the ack breaks the contract. */
  emitWithAck<Event extends keyof Client & string>(
    event: Event,
    ...args: Emitted<Client[Event]>
  ): Promise<Acknowledged<Client[Event]>>;
}

/**
 * Wraps a socket. `onBreach` is told of whatever was held back, and logs it by default; an ack that
 * takes longer than `timeout` milliseconds rejects.
 */
export declare function guard<Path extends keyof Namespaces = DEFAULT>(
  socket: Socket<Namespaces[Path]["server"], Namespaces[Path]["client"]> &
    Emits<Namespaces[Path]["client"]>,
  options?: { namespace?: Path; timeout?: number; onBreach?: (error: ContractError) => void },
): Guarded<Namespaces[Path]["server"], Namespaces[Path]["client"]>;

/** What may emit a client's events: no socket whose event maps are swapped. */
export interface Emits<Client> {
  emit: (event: keyof Client & string, ...args: any[]) => unknown;
}

/** The arguments of an event before its callback; never for one without ack. */
export type Emitted<Event> = Event extends (...args: infer Args) => void
  ? Args extends [...infer Own, (...answer: any[]) => void]
    ? Own
    : never
  : never;

/** The argument of an event's ack; where it may have several, the first. */
export type Acknowledged<Event> = Event extends (...args: infer Args) => void
  ? Args extends [...any[], (...answer: infer Answer) => void]
    ? Answer[0]
    : never
  : never;
