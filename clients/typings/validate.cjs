// Generated from asyncapi.yaml by `make generate`. Do not edit.
// Checks what arrives against the contract; what breaks it never reaches a listener.
const { Ajv } = require("ajv");
const { schemas } = require("./schemas.cjs");

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const compiled = new Map();

class ContractError extends Error {
  constructor(event, path, reason) {
    super(`${event}${path}: ${reason}`);
    this.name = "ContractError";
    this.event = event;
    this.path = path;
  }
}

/** Throws a ContractError unless `args` is as many arguments as may be, and what the schema says. */
function check(event, { schema, counts, rest, list }, args) {
  if (!counts.includes(args.length) && !(rest && args.length > Math.max(...counts))) {
    throw new ContractError(event, "", `${args.length} argument(s), not ${counts.join(" or ")}`);
  }
  if (schema === null || (args.length === 0 && !list)) return;
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(schema));
  const validate = compiled.get(schema);
  if (!validate(list ? args : args[0])) {
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

function checkEvent(event, args, namespace = "/") {
  const { payload: schema, args: most, least = most, rest, list } = find(namespace, "server", event);
  const counts = Array.from({ length: most - least + 1 }, (_, more) => least + more);
  check(event, { schema, counts, rest, list }, args);
}

function checkAck(event, args, namespace = "/") {
  const { ack: schema, ackArgs: counts, ackRest: rest, ackList: list } = find(namespace, "client", event);
  check(event, { schema, counts, rest, list }, args);
}

const validation = { checkEvent, checkAck };

function guard(socket, options = {}) {
  const { namespace = "/", timeout, onBreach = (error) => console.error(error) } = options;
  return {
    on(event, listener) {
      const { ackArgs } = find(namespace, "server", event);
      const guarded = (...received) => {
        try {
          checkEvent(event, ackArgs.length ? received.slice(0, -1) : received, namespace);
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

module.exports = { ContractError, checkAck, checkEvent, guard, validation };
