// Socket.IO's own cluster: processes behind @socket.io/sticky, joined by an adapter, that keep the
// todos in PostgreSQL.
// node cluster.mjs PORT PROCESSES postgres|redis POSTGRESQL [REDIS]
import cluster from "node:cluster";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createAdapter as createPostgresAdapter } from "@socket.io/postgres-adapter";
import { createAdapter as createRedisAdapter } from "@socket.io/redis-adapter";
import { setupMaster, setupWorker } from "@socket.io/sticky";
import pg from "pg";
import { createClient } from "redis";
import { Server } from "socket.io";
import { invalid, judgeId, judgeNew, judgeWhole, notFound, serve } from "./handlers.mjs";

const [port, processes, adapter, database, broker] = process.argv.slice(2);

const TABLES = `
  CREATE TABLE IF NOT EXISTS peer_todos (
    position bigserial PRIMARY KEY, id uuid UNIQUE NOT NULL,
    title varchar(256) NOT NULL, completed boolean NOT NULL);
  CREATE TABLE IF NOT EXISTS socket_io_attachments (
    id bigserial UNIQUE, created_at timestamptz DEFAULT now(), payload bytea);`;

const inPostgres = (pool) => (socket) => ({
  "todo:list": async (callback) => {
    const { rows } = await pool.query({
      name: "list",
      text: "SELECT id, title, completed FROM peer_todos ORDER BY position",
    });
    callback({ data: rows });
  },
  "todo:create": async (payload, callback) => {
    const { error, value } = judgeNew(payload);
    if (error) return callback(invalid(error));
    value.id = randomUUID();
    await pool.query({
      name: "create",
      text: "INSERT INTO peer_todos (id, title, completed) VALUES ($1, $2, $3)",
      values: [value.id, value.title, value.completed],
    });
    callback({ data: value.id });
    socket.broadcast.emit("todo:created", value);
  },
  "todo:read": async (payload, callback) => {
    if (judgeId(payload).error) return callback(notFound);
    const { rows } = await pool.query({
      name: "read",
      text: "SELECT id, title, completed FROM peer_todos WHERE id = $1",
      values: [payload],
    });
    callback(rows.length ? { data: rows[0] } : notFound);
  },
  "todo:update": async (payload, callback) => {
    const { error, value } = judgeWhole(payload);
    if (error) return callback(invalid(error));
    const { rowCount } = await pool.query({
      name: "update",
      text: "UPDATE peer_todos SET title = $2, completed = $3 WHERE id = $1",
      values: [value.id, value.title, value.completed],
    });
    if (!rowCount) return callback(notFound);
    callback();
    socket.broadcast.emit("todo:updated", value);
  },
});

const redisAdapter = async () => {
  const publisher = createClient({ url: broker });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  return createRedisAdapter(publisher, subscriber);
};

if (cluster.isPrimary) {
  const pool = new pg.Pool({ connectionString: database, max: 1 });
  await pool.query(TABLES);
  await pool.end();
  const http = createServer();
  setupMaster(http, { loadBalancingMethod: "round-robin" });
  cluster.setupPrimary({ serialization: "advanced" });
  const ready = [...Array(Number(processes))].map(() => {
    const worker = cluster.fork();
    return new Promise((resolve) => worker.on("message", (message) => message === "ready" && resolve()));
  });
  await Promise.all(ready);
  http.listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
} else {
  const pool = new pg.Pool({ connectionString: database });
  const io = new Server(createServer());
  io.adapter(adapter === "redis" ? await redisAdapter() : createPostgresAdapter(pool));
  setupWorker(io);
  serve(io, inPostgres(pool));
  process.send("ready");
}
