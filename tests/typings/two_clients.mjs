// Ada and Bob by the typed client, against the service: prints what each is told.
import { createClient } from "todo-service-events/client";
import { validation } from "todo-service-events/validate";

const [, , url] = process.argv;
const ada = createClient(url, { validation });
const bob = createClient(url, { validation, socket: { reconnectionDelay: 10 } });
await Promise.all([ada.connected(), bob.connected()]);

/** @type {(titles: string[]) => void} */
let listed = () => {};
/** @returns {Promise<string[]>} */
const nextList = () => new Promise((resolve) => (listed = resolve));
const first = nextList();
const stop = bob.keep("todo:list", [], (ack) => {
  if (!ack.error) listed(ack.data.map(({ title }) => title));
});
console.log("Bob lists", await first);

/** @type {Promise<string>} */
const heard = new Promise((resolve) => bob.on("todo:created", ({ title }) => resolve(title)));
const created = await ada.call("todo:create", { title: "Buy milk", completed: false });
if (created.error) throw new Error(created.error);
console.log("Bob hears", await heard);

const second = nextList();
bob.socket.io.engine.close();
await ada.within(20_000).call("todo:create", { title: "Call Ada", completed: false });
console.log("Bob lists anew", await second);

const rejected = await ada.call("todo:create", { title: "", completed: false });
if (rejected.error) console.log(rejected.error, rejected.errorDetails?.map(({ message }) => message));
console.log("updated", await ada.call("todo:update", { id: created.data, title: "Bread", completed: true }));
const found = await bob.call("todo:read", created.data);
if (!found.error) console.log("Bob reads", found.data.title);

stop();
bob.close();
await bob.within(50).call("todo:list").catch(({ name, event, message }) => console.log(name, event, message));
ada.close();
