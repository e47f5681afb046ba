// Generated from asyncapi.yaml by `make generate`. Do not edit.
/** A JSON Schema, draft 7, that needs nothing outside itself. */
export type Schema = Readonly<Record<string, unknown>>;

/**
 * What an event carries, and what acknowledges it; null is no argument. Where there may be several
 * arguments, the schema is that of the list of all.
 */
export interface EventSchemas {
  /** How many arguments the event has. */
  readonly args: number;
  /** How many of them must be there; without it, all. */
  readonly least?: number;
  /** Whether any number of arguments may follow. */
  readonly rest?: boolean;
  /** Whether `payload` is the schema of the list of all arguments. */
  readonly list?: boolean;
  readonly payload: Schema | null;
  /** The numbers of arguments its ack may have; empty: it has no ack. */
  readonly ackArgs: readonly number[];
  /** Whether its ack may have even more. */
  readonly ackRest?: boolean;
  /** Whether `ack` is the schema of the list of all its arguments. */
  readonly ackList?: boolean;
  readonly ack: Schema | null;
}

/** The events of each namespace, by who emits them. */
export declare const schemas: Readonly<
  Record<
    string,
    {
      readonly client: Readonly<Record<string, EventSchemas>>;
      readonly server: Readonly<Record<string, EventSchemas>>;
    }
  >
>;
