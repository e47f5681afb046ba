// A shared board of cards, told to those who watch it; its argument names the bug that is planted.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";

const has = (bug) => process.argv[2] === bug;
const http = createServer();
const io = new Server(http);
const boards = new Map();
const cards = new Map();

const columns = ["todo", "doing", "done"];
const id = (value) => typeof value === "string" && /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value);
const title = (value) => typeof value === "string" && (has("no title needed") || value !== "")
  && (has("a title may be long") || [...value].length <= 30);
const column = (value) => has("any column") ? typeof value === "string" : columns.includes(value);
const shape = (required, optional = {}) => (value) => value !== null && typeof value === "object" && !Array.isArray(value)
  && Object.entries(required).every(([key, judge]) => Object.hasOwn(value, key) && judge(value[key]))
  && Object.keys(value).every((key) => key in required || (key in optional && optional[key](value[key])));
const titles = (value) => Array.isArray(value) && value.length >= 1
  && value.length <= (has("imports six") ? 6 : 5) && value.every(title);
const problem = (code) => ({ error: { code } });

io.on("connection", (socket) => {
  const on = (event, valid, act) =>
    socket.on(event, (...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
      const right = valid ? args.length === 1 && valid(args[0]) : args.length === 0;
      if (!right) return has("rejects in silence") ? undefined : ack(has("says 404 for all") ? problem(404) : problem(400));
      act(args[0], ack);
    });
  const tell = (event, board, what) => {
    if (has("tells the mover too")) io.to(board).emit(event, what);
    else if (has("tells every board")) socket.broadcast.emit(event, what);
    else socket.to(board).emit(event, what);
  };
  on("board:create", shape({ title }), ({ title }, ack) => {
    if ([...boards.values()].some((board) => board.title === title)) return ack(problem(409));
    const board = { id: has("boards without a key") ? "1" : randomUUID(), title };
    boards.set(board.id, board);
    if (boards.size > 500) boards.delete(boards.keys().next().value);
    ack(board);
  });
  on("board:list", null, (_, ack) => {
    const all = [...boards.values()];
    ack(has("lists titles alone") ? all.map(({ title }) => title) : has("forgets the first board") ? all.slice(1, 2) : all);
  });
  on("board:watch", shape({ boardId: id }), ({ boardId }, ack) => {
    if (!boards.has(boardId)) return ack(problem(404));
    socket.join(boardId);
    ack();
  });
  on("card:create", shape({ boardId: id, title }), ({ boardId, title }, ack) => {
    if (!socket.rooms.has(boardId) && !has("anybody adds cards")) return ack(problem(404));
    const card = { id: randomUUID(), boardId, title, column: "todo" };
    if (has("shouts titles")) card.title = title.toUpperCase();
    if (!has("loses cards")) cards.set(card.id, card);
    if (!has("adds cards in silence")) tell("card:changed", boardId, card);
    ack(card);
  });
  on("card:list", shape({ boardId: id }, { column }), ({ boardId, column }, ack) => {
    let found = [...cards.values()].filter((card) => card.boardId === boardId && (!column || card.column === column));
    if (has("lists each card as done")) found = found.map((card) => ({ ...card, column: "done" }));
    ack(found);
  });
  on("card:read", shape({ id }), ({ id }, ack) => {
    const card = cards.get(id);
    if (has("reads any card") && !card) return ack({ id, boardId: id, title: "Card", column: "todo" });
    ack(card ?? problem(404));
  });
  on("card:move", shape({ id, column }), ({ id, column }, ack) => {
    let card = cards.get(id);
    if (!card && has("moves what is gone")) card = { id, boardId: id, title: "Back", column };
    if (!card) return ack(problem(404));
    const moved = { ...card, column: has("moves back") ? "todo" : column };
    if (!has("moves in the ack alone")) cards.set(id, moved);
    tell("card:changed", card.boardId, has("tells of the old place") ? card : moved);
    ack(moved);
  });
  on("card:delete", shape({ id }), ({ id }, ack) => {
    const card = cards.get(id);
    if (!card) return ack(problem(404));
    if (!has("deletes nothing")) cards.delete(id);
    tell("card:removed", card.boardId, { id });
    has("acks a delete with a word") ? ack("ok") : ack();
  });
  on("card:archive", shape({ id }), ({ id }, ack) => {
    const card = cards.get(id);
    if (!card) return ack(problem(404));
    cards.delete(id);
    if (has("archives aloud")) socket.emit("card:archived", card);
    tell("card:removed", card.boardId, { id });
    ack(has("archives a card that has a date") ? { ...card, archived: 1 } : card);
  });
  on("card:import", shape({ boardId: id, titles }), ({ boardId, titles }, ack) => {
    if (!socket.rooms.has(boardId)) return ack(problem(404));
    for (const title of titles) {
      const card = { id: randomUUID(), boardId, title, column: "todo" };
      cards.set(card.id, card);
      if (!has("imports in silence")) tell("card:changed", boardId, card);
    }
    ack({ count: has("counts from nothing") ? 0 : titles.length });
  });
});

http.listen(0, "127.0.0.1", () => console.log(http.address().port));
