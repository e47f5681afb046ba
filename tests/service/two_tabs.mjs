// Two tabs of a page on the unmodified socket.io-client: each does its part, and sees the other's.
//
//   node two_tabs.mjs URL TRANSPORT...
//
// Prints the list that is left as a line of JSON; then waits until the service has died and is
// back, and prints what each tab lists after it has connected again by itself.

import assert from "node:assert/strict";
import { once } from "node:events";
import { io } from "socket.io-client";

const PATIENCE = 30_000; // as in tests/patience.py

const [url, ...transports] = process.argv.slice(2);

const open = async () => {
  const tab = io(url, {
    transports,
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 200,
    extraHeaders: { origin: "http://localhost:4200" },
  });
  await hears(tab, "connect");
  return tab;
};

const ask = (tab, event, ...args) => tab.timeout(PATIENCE).emitWithAck(event, ...args);

const hears = async (tab, event) =>
  (await once(tab, event, { signal: AbortSignal.timeout(PATIENCE) }))[0];

const ada = await open();
const bob = await open();

// Ada creates two todos, Bob one; each sees the other's.
let news = hears(bob, "todo:created");
const milk = { title: "Buy milk", completed: false };
milk.id = (await ask(ada, "todo:create", milk)).data;
assert.deepEqual(await news, milk);

news = hears(ada, "todo:created");
const call = { title: "Call Ada", completed: false };
call.id = (await ask(bob, "todo:create", call)).data;
assert.deepEqual(await news, call);

news = hears(bob, "todo:created");
const rent = { title: "Pay the rent 🏠", completed: true };
rent.id = (await ask(ada, "todo:create", rent)).data;
assert.deepEqual(await news, rent);

// Bob ticks Ada's todo, and Ada reads it.
news = hears(ada, "todo:updated");
milk.completed = true;
assert.equal(await ask(bob, "todo:update", { ...milk, editing: true }), undefined);
assert.deepEqual(await news, milk);
assert.deepEqual(await ask(ada, "todo:read", milk.id), { data: milk });

// Ada deletes Bob's todo; Bob's late edit does not bring it back.
news = hears(bob, "todo:deleted");
assert.equal(await ask(ada, "todo:delete", call.id), undefined);
assert.equal(await news, call.id);
const late = await ask(bob, "todo:update", { ...call, completed: true });
assert.deepEqual(late, { error: "entity not found" });

// Both list the same, oldest first.
const left = await ask(ada, "todo:list");
assert.deepEqual(left, { data: [milk, rent] });
assert.deepEqual(await ask(bob, "todo:list"), left);

const back = [ada, bob].map(async (tab) => {
  await hears(tab, "disconnect");
  await hears(tab, "connect");
  return (await ask(tab, "todo:list")).data;
});
console.log(JSON.stringify(left.data));
console.log(JSON.stringify(await Promise.all(back)));
ada.disconnect();
bob.disconnect();
