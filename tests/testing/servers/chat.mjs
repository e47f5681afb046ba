// A chat with rooms and tokens; its argument names the bug that is planted.
import { createServer } from "node:http";
import { Server } from "socket.io";

const has = (bug) => process.argv[2] === bug;
const http = createServer();
const io = new Server(http);
const people = { "ada-token": "ada", "bob-token": "bob", "mia-token": "mia", "max-token": "max" };
const moderators = ["mia", "max"];
const messages = new Map();
let last = 0;

const object = (value, required, optional = []) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
  && required.every((key) => key in value)
  && (has("takes unknown keys") || Object.keys(value).every((key) => [...required, ...optional].includes(key)));
const room = (value) => typeof value === "string"
  && (has("a room may be a line long") ? /^[a-z]{1,12}\n?$/ : /^[a-z]{1,12}$/).test(value);
const text = (value) => typeof value === "string" && value.length > 0
  && (has("counts bytes") ? Buffer.byteLength(value) : [...value].length) <= (has("cuts at 39") ? 39 : 40);
const id = (value) => Number.isInteger(value) && value > 0;
const inRoom = (value) => object(value, ["room"]) && room(value.room);

const door = (allowed) => (socket, next) => {
  const token = socket.handshake.auth.token;
  const name = people[token];
  const refuse = (code) => {
    const error = new Error("refused");
    if (!has("refuses without a code")) error.data = has("refuses with text") ? { code: String(code) } : { code };
    next(error);
  };
  if (has("needs no token") && token === undefined) return next();
  if (typeof token !== "string" || !name) return has("an odd token is let in") && token !== undefined ? next() : refuse(401);
  if (!allowed(name)) return refuse(403);
  socket.data.name = name;
  next();
};

const on = (socket, event, valid, act) =>
  socket.on(event, (...args) => {
    const asked = typeof args.at(-1) === "function";
    const ack = asked ? args.pop() : () => {};
    if (has("needs a callback") && !asked && event === "message:send") return;
    const right = args.length === 1 || (has("ignores more arguments") && args.length > 1);
    if (!right || !valid(args[0])) {
      if (has("hangs up on what is wrong") && event === "room:join") return socket.disconnect(true);
      return ack(has("tells its stack") ? { error: "invalid", stack: new Error().stack } : { error: has("says unknown for invalid") ? "unknown" : "invalid" });
    }
    act(args[0], ack);
  });

io.use(door(() => true)).on("connection", (socket) => {
  const inside = (name) => socket.rooms.has(name);
  on(socket, "room:join", inRoom, ({ room }, ack) => {
    if (!inside(room)) socket.to(room).emit("member:joined", { room, name: socket.data.name });
    socket.join(room);
    const members = io.sockets.adapter.rooms.get(room).size;
    ack(has("counts no members") ? { members: 0 } : { members });
  });
  on(socket, "room:leave", inRoom, ({ room }, ack) => {
    if (!inside(room)) return ack({ error: "not in the room" });
    if (!has("leaves in silence")) socket.to(room).emit("member:left", { room, name: socket.data.name });
    socket.leave(room);
    ack({ done: true });
  });
  on(socket, "message:send", (value) => object(value, ["room", "text"]) && room(value.room) && text(value.text), ({ room, text }, ack) => {
    if (!inside(room) && !has("speaks through walls")) return ack({ error: "not in the room" });
    const message = { id: ++last, room, author: socket.data.name, text };
    if (has("trims what is said")) message.text = text.trim() || text;
    messages.set(message.id, message);
    if (messages.size > 500) messages.delete(messages.keys().next().value);
    const told = has("tells no author") ? { id: message.id, room, text } : message;
    if (has("tells everybody")) socket.broadcast.emit("message:new", told);
    else if (has("tells the sender too")) io.to(room).emit("message:new", told);
    else if (has("tells twice")) socket.to(room).emit("message:new", told), socket.to(room).emit("message:new", told);
    else if (!has("tells nobody")) socket.to(room).emit("message:new", told);
    if (!has("acks nothing")) ack(message);
  });
  on(socket, "message:edit", (value) => object(value, ["id", "text"]) && id(value.id) && text(value.text), ({ id, text }, ack) => {
    const message = messages.get(id);
    if (!message) return has("dies of an unknown message") ? process.exit(1) : ack({ error: has("fails on an unknown message") ? "failed" : "unknown" });
    if (message.author !== socket.data.name) return ack({ error: "not yours" });
    const edited = { ...message, text };
    if (!has("forgets an edit")) messages.set(id, edited);
    socket.to(message.room).emit("message:edited", has("tells of the old text") ? message : edited);
    ack(edited);
  });
  on(socket, "room:history", (value) => object(value, ["room"], ["last"]) && room(value.room)
    && (value.last === undefined || (Number.isInteger(value.last) && value.last >= 1 && (has("any history") || value.last <= 20))),
  ({ room, last = 20 }, ack) => {
    if (!inside(room)) return ack({ error: "not in the room" });
    const said = [...messages.values()].filter((message) => message.room === room).slice(-last);
    ack({ messages: has("tells who reads") ? said.map((message) => ({ ...message, read: true })) : said });
    if (has("whispers")) socket.emit("debug", { room });
  });
});

io.of("/moderators").use(door((name) => moderators.includes(name))).on("connection", (socket) => {
  on(socket, "announce", text, (said, ack) => {
    if (has("announces to others")) socket.broadcast.emit("notice", said);
    else io.of("/moderators").emit("notice", said);
    if (has("acks an announcement with a word")) ack("done");
    else ack();
  });
});

http.listen(0, "127.0.0.1", () => console.log(http.address().port));
