// The peer in Node: the tutorial's server, on socket.io and joi as they come.
// node peer.mjs [PORT [CERTIFICATE KEY]]
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { Server } from "socket.io";
import { inMemory, serve } from "./handlers.mjs";

const [port = 0, certificate, key] = process.argv.slice(2);
const http = certificate
  ? createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) })
  : createServer();
serve(new Server(http, { cors: { origin: ["http://localhost:4200"] } }), inMemory);
http.listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
