// Notes and threads of teams, a namespace each; its argument names the bug that is planted.
import { createServer } from "node:http";
import { Server } from "socket.io";

const has = (bug) => process.argv[2] === bug;
const http = createServer();
const io = new Server(http);
const tokens = ["ada-token", "bob-token"];
const teams = io.of(/^\/teams\/[a-z0-9]{1,12}$/);
const notes = new Map();
let last = 0;

const text = (most) => (value) => typeof value === "string" && value !== ""
  && (has("counts code units") ? value.length : [...value].length) <= most;
const title = (value) => text(has("one letter too many") ? 21 : 20)(has("trims before it counts") ? String(value).trim() : value);
const stars = (value) => (Number.isInteger(value) && value >= 0 && value <= 5)
  || (has("takes numbers in texts") && typeof value === "string" && /^[0-5]$/.test(value))
  || (has("takes half a star") && value >= 0 && value <= 5 && value % 0.5 === 0);
const due = (value) => value === null || (typeof value === "string" && /^[0-9]{4}-[0-9]{2}$/.test(value));
const by = (value) => typeof value === "string" || (has("takes null for absent") && value === null);
const id = (value) => typeof value === "string" && /^n[0-9]{1,9}$/.test(value) && !value.endsWith("\n");
const thread = (value) => typeof value === "string" && /^[a-z]{1,8}$/.test(value);
const point = (value) => Number.isInteger(value) && value >= 1 && value <= 9;
const shape = (required, optional = {}) => (value) => value !== null && typeof value === "object" && !Array.isArray(value)
  && Object.entries(required).every(([key, judge]) => Object.hasOwn(value, key) && judge(value[key]))
  && Object.keys(value).every((key) => key in required || (Object.hasOwn(optional, key) && optional[key](value[key])));
const note = shape({ title, stars }, { due, by });
const change = shape({ id, title, stars }, { due, by });
const only = (judge) => (args) => args.length === 1 && judge(args[0]);
const none = (args) => args.length === 0;
const refuse = (reason) => ({ refused: reason });

teams.use((socket, next) => {
  const { token } = socket.handshake.auth;
  const known = has("lets any token in") ? typeof token === "string"
    : has("compares the start of a token") ? tokens.some((one) => String(token).startsWith(one.slice(0, -1)))
    : tokens.includes(token);
  if (known && Object.keys(socket.handshake.auth).length === 1) return next();
  next(Object.assign(new Error("who are you?"), { data: { code: 401 } }));
});

teams.on("connection", (socket) => {
  const team = socket.nsp.name;
  let calls = 0;
  const key = (id) => `${team} ${id}`;
  const own = () => [...notes.entries()].filter(([at]) => at.startsWith(key(""))).map(([, item]) => item);
  const on = (event, valid, act) =>
    socket.on(event, (...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
      if (!valid(args)) return ack(refuse("invalid"));
      act(args, ack);
    });
  const tell = (event, ...what) => {
    socket.broadcast.emit(event, ...what);
    if (has("tells other teams")) for (const nsp of io._nsps.values()) if (nsp !== socket.nsp) nsp.emit(event, ...what);
    if (has("tells the sender as well")) socket.emit(event, ...what);
    if (has("tells twice after a while") && (calls += 1) > 3) setTimeout(() => socket.broadcast.emit(event, ...what), 5);
  };
  let created = 0;
  on("note:create", only(note), ([parts], ack) => {
    const made = { id: `n${++last}`, ...parts };
    created += 1;
    if (has("composes letters")) made.title = made.title.normalize("NFC");
    if (has("drops what is null")) for (const name of ["due"]) if (made[name] === null) delete made[name];
    if (has("fills in what is absent")) made.by ??= null;
    notes.set(key(made.id), made);
    if (notes.size > 5000) notes.delete(notes.keys().next().value);
    if (has("tells the id in the place of the title")) tell("note:created", { ...made, title: made.id });
    else if (!(has("forgets to tell from the third on") && created > 2)) tell("note:created", made);
    ack(has("acks another shape from the third on") && created > 2 ? { note: made } : made);
  });
  on("note:read", only(shape({ id })), ([{ id }], ack) => ack(notes.get(key(id)) ?? refuse("unknown")));
  on("note:update", only(change), ([changed], ack) => {
    const { id } = changed;
    if (!notes.has(key(id))) {
      if (has("tells of what failed")) tell("note:updated", changed);
      return ack(refuse("unknown"));
    }
    notes.set(key(id), has("keeps the stars") ? { ...changed, stars: notes.get(key(id)).stars } : changed);
    if (has("tells out of turn")) setTimeout(() => tell("note:updated", changed), changed.stars % 2 ? 0 : 20);
    else tell("note:updated", changed);
    ack(changed);
  });
  const stale = new Map();
  on("note:delete", only(shape({ id })), ([{ id }], ack) => {
    if (!notes.has(key(id))) return ack(refuse("unknown"));
    if (has("lists what was deleted")) stale.set(id, notes.get(key(id)));
    notes.delete(key(id));
    tell("note:deleted", { id });
    ack({ deleted: true });
  });
  on("note:list", none, (_, ack) => {
    const all = [...own(), ...stale.values()];
    ack(has("lists three at most") ? all.slice(0, 3) : has("lists the newest twice") ? [...all, ...all.slice(-1)] : all);
  });
  on("thread:open", only(thread), ([name], ack) => {
    socket.join(name);
    socket.join(" ");
    ack({ open: true });
  });
  let posts = 0;
  on("thread:post", (args) => args.length >= 2 && args.length <= 3 && thread(args[0]) && text(20)(args[1])
    && (args.length < 3 || ["glad", "sad"].includes(args[2]) || (has("takes any mood") && typeof args[2] === "string")), ([name, said, mood], ack) => {
    if (!socket.rooms.has(name) && !(has("posts anywhere once inside") && socket.rooms.has(" "))) return ack(refuse("not in it"));
    const room = has("tells every thread") ? " " : name;
    const what = mood === undefined ? [name, said] : [name, said, mood];
    if (has("always has a mood") && mood === undefined) what.push(null);
    socket.to(room).emit("thread:posted", ...what);
    ack({ posted: has("counts in text") ? `${++posts}` : ++posts });
  });
  on("points:add", (args) => args.length >= 1 && thread(args[0])
    && args.slice(1).every((value, place) => point(value) || (has("looks at the first points only") && place > 0)), ([, ...points], ack) => {
    if (has("falls over without points") && points.length === 0) throw new Error("no points");
    ack({ sum: points.reduce((sum, one) => sum + Number(one), 0) || 0 });
  });
});

http.listen(0, "127.0.0.1", () => console.log(http.address().port));
