// The peer in Bun: the same handlers on socket.io, over Bun's own HTTP and WebSockets.
// bun bun.mjs PORT [CERTIFICATE KEY]
import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";
import { inMemory, serve } from "./handlers.mjs";

const [port, certificate, key] = process.argv.slice(2);
const io = new Server();
const engine = new Engine({ path: "/socket.io/", cors: { origin: ["http://localhost:4200"] } });
io.bind(engine);
serve(io, inMemory);
Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  tls: certificate && { cert: Bun.file(certificate), key: Bun.file(key) },
  ...engine.handler(),
});
