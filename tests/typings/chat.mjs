// Two people of the chat example by the client that is generated from its contract.
import { createClient } from "chat-events/client";
import { validation } from "chat-events/validate";

const [, , url] = process.argv;
const ada = createClient(url, { auth: { token: "ada-token" }, validation });
const bob = createClient(url, { auth: (connect) => connect({ token: "bob-token" }), validation });
await Promise.all([ada.connected(), bob.connected()]);

const joined = await ada.call("room:join", "kitchen");
if (!joined.error) console.log("in the kitchen:", joined.members);
ada.on("room:confirm-close", (room, answer) => answer(room === "kitchen"));
const outside = await bob.call("message:send", { room: "kitchen", text: "Hello" });
console.log(outside.error);
await bob.call("room:join", "kitchen");

/** @type {Promise<string>} */
const heard = new Promise((resolve) => ada.on("message:new", ({ author, text }) => resolve(`${author}: ${text}`)));
const sent = await bob.call("message:send", { room: "kitchen", text: "Hello" });
if (!sent.error) console.log(sent.data.author, "sent", sent.data.text);
console.log(await heard);
/** @type {Promise<string>} */
const closed = new Promise((resolve) => bob.on("room:closed", resolve));
console.log("closed", (await ada.call("room:close", "kitchen")) ?? (await closed));

const stranger = createClient(url, { auth: { token: "no-token" } });
await stranger.connected().catch(({ message, data }) => console.log(message, data));
const mia = createClient(url, { namespace: "/moderators", auth: { token: "mia-token" }, validation });
console.log("announced", await mia.call("announce", "Lunch is ready"));
for (const client of [ada, bob, stranger, mia]) client.close();
