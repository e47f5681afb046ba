import type { Socket } from "socket.io-client";
import type { ClientEvents, ServerEvents } from "./index.js";

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
export declare function guard<Server = ServerEvents, Client = ClientEvents>(
  socket: Socket<any, any>,
  options?: { namespace?: string; timeout?: number; onBreach?: (error: ContractError) => void },
): Guarded<Server, Client>;

type Emitted<Event> = Event extends (...args: infer Args) => void
  ? Args extends [...infer Own, (...answer: any[]) => void]
    ? Own
    : never
  : never;

type Acknowledged<Event> = Event extends (...args: infer Args) => void
  ? Args extends [...any[], (...answer: infer Answer) => void]
    ? Answer[0]
    : never
  : never;
