// Holds what arrives against the contract; what breaks it never reaches a listener.
import { Ajv } from "ajv";
import { schemas } from "./schemas.js";

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const compiled = new Map();

export class ContractError extends Error {
  constructor(event, path, reason) {
    super(`${event}${path}: ${reason}`);
    this.name = "ContractError";
    this.event = event;
    this.path = path;
  }
}

/** Throws a ContractError unless `args` is what an event, or an ack, of the contract carries. */
function check(event, schema, counts, args) {
  if (!counts.includes(args.length)) {
    throw new ContractError(event, "", `${args.length} argument(s), not ${counts.join(" or ")}`);
  }
  if (args.length === 0 || schema === null) return;
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(schema));
  const validate = compiled.get(schema);
  if (!validate(args[0])) {
    const [{ instancePath, message }] = validate.errors;
    throw new ContractError(event, instancePath, message);
  }
}

function find(namespace, side, event) {
  const events = schemas[namespace]?.[side];
  if (!events || !Object.hasOwn(events, event)) {
    throw new ContractError(event, "", `no such event in the namespace ${namespace}`);
  }
  return events[event];
}

export function checkEvent(event, args, namespace = "/") {
  const { payload, args: count } = find(namespace, "server", event);
  check(event, payload, [count], args);
}

export function checkAck(event, args, namespace = "/") {
  const { ack, ackArgs } = find(namespace, "client", event);
  check(event, ack, ackArgs, args);
}

export function guard(socket, options = {}) {
  const { namespace = "/", timeout, onBreach = (error) => console.error(error) } = options;
  return {
    on(event, listener) {
      const { args, ackArgs } = find(namespace, "server", event);
      const guarded = (...received) => {
        try {
          const own = ackArgs.length ? received.slice(0, args) : received;
          checkEvent(event, own, namespace);
        } catch (error) {
          onBreach(error);
          return;
        }
        listener(...received);
      };
      socket.on(event, guarded);
      return () => socket.off(event, guarded);
    },
    emitWithAck(event, ...args) {
      return new Promise((resolve, reject) => {
        find(namespace, "client", event);
        const acked = (...answer) => {
          try {
            checkAck(event, answer, namespace);
            resolve(answer[0]);
          } catch (error) {
            onBreach(error);
            reject(error);
          }
        };
        if (timeout === undefined) {
          socket.emit(event, ...args, acked);
        } else {
          const late = (error, ...answer) => (error ? reject(error) : acked(...answer));
          socket.timeout(timeout).emit(event, ...args, late);
        }
      });
    },
  };
}
