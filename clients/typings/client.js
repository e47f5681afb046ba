// Generated from asyncapi.yaml by `make generate`. Do not edit.
// A client of the contract: a promise per call, with a deadline, and what is asked again on every connect.
import { io } from "socket.io-client";

/** No ack came: not in time, or the connection was lost before. */
class CallError extends Error {
  constructor(event, cause) {
    super(`${event}: ${cause.message}`, { cause });
    this.name = "CallError";
    this.event = event;
  }
}

/** Returns the address of a namespace, its parameters filled in; `url` is this page's by default. */
function address(url, namespace, parameters = {}) {
  const { protocol, host, search } = new URL(url ?? "", globalThis.location?.href);
  const path = namespace.replace(/\{([^}]*)\}/g, (_, name) => parameters[name]);
  return `${protocol}//${host}${path}${search}`;
}

/** Resolves once a socket is connected; rejects when the service refuses it, or too late. */
function connection(socket, timeout) {
  return new Promise((resolve, reject) => {
    const settle = (settled, value) => {
      clearTimeout(timer);
      socket.off("connect", connected).off("connect_error", failed);
      settled(value);
    };
    const connected = () => settle(resolve);
    const failed = (error) => socket.active || settle(reject, error);
    const late = () => settle(reject, new CallError("connect", new Error("operation has timed out")));
    const timer = setTimeout(late, timeout);
    socket.on("connect", connected).on("connect_error", failed);
    if (socket.connected) connected();
  });
}

function createClient(url, options = {}) {
  const { namespace = "/", parameters, auth, timeout = 10_000, validation } = options;
  const { onError = (error) => console.error(error) } = options;
  const socket = io(address(url, namespace, parameters), { ...options.socket, auth });

  /** Emits, and gives `done` an error or the ack, at once when it arrives: before any later event. */
  const ask = (event, args, within, done) => {
    socket.timeout(within).emit(event, ...args, (failure, ...answer) => {
      if (failure) return done(new CallError(event, failure));
      try {
        validation?.checkAck(event, answer, namespace);
      } catch (error) {
        return done(error);
      }
      done(null, answer[0]);
    });
  };

  const within = (milliseconds) => ({
    call: (event, ...args) =>
      new Promise((resolve, reject) => {
        ask(event, args, milliseconds, (error, ack) => (error ? reject(error) : resolve(ack)));
      }),
  });

  return {
    socket,
    within,
    call: within(timeout).call,
    connected: () => connection(socket, timeout),
    close: () => void socket.close(),
    send: (event, ...args) => void socket.emit(event, ...args),
    on(event, listener) {
      const checked = (...received) => {
        const args = typeof received.at(-1) === "function" ? received.slice(0, -1) : received;
        try {
          validation?.checkEvent(event, args, namespace);
        } catch (error) {
          return onError(error);
        }
        listener(...received);
      };
      socket.on(event, checked);
      return () => void socket.off(event, checked);
    },
    keep(event, args, receive) {
      let newest = 0;
      const again = () => {
        const turn = ++newest;
        ask(event, args, timeout, (error, ack) => {
          if (turn !== newest) return;
          if (!error) return receive(ack);
          if (error instanceof CallError && !socket.connected) return;
          onError(error);
          if (error instanceof CallError) again();
        });
      };
      socket.on("connect", again);
      if (socket.connected) again();
      return () => {
        newest += 1;
        socket.off("connect", again);
      };
    },
  };
}

export { CallError, createClient };
