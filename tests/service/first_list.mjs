// A page of the tutorial as it loads: the unmodified socket.io-client on its default transports,
// which polls first and upgrades, asks for the list at a moment of that.
//
//   node first_list.mjs URL MOMENT     MOMENT is connect, upgrading or upgrade
//
// Prints how many todos the list has, and what was heard of the todo created after it.

import { once } from "node:events";
import { io } from "socket.io-client";

const PATIENCE = 30_000; // as in tests/patience.py
const signal = AbortSignal.timeout(PATIENCE);

const [url, moment] = process.argv.slice(2);
const socket = io(url, { reconnection: false, extraHeaders: { origin: "http://localhost:4200" } });
const heard = once(socket, "todo:created", { signal });

await once(moment === "connect" ? socket : socket.io.engine, moment, { signal });
const { data } = await socket.timeout(PATIENCE).emitWithAck("todo:list");

const other = io(url, { forceNew: true, transports: ["websocket"] });
await other.timeout(PATIENCE).emitWithAck("todo:create", { title: "Sleep", completed: false });
const [created] = await heard;
console.log(JSON.stringify({ todos: data.length, heard: created.title }));
socket.disconnect();
other.disconnect();
