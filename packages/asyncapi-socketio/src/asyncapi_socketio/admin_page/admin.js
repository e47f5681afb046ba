"use strict";

const EVERY = 1000; // milliseconds from one answer to the next question

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const theme = byId("theme");
const search = byId("search");
const number = new Intl.NumberFormat("en");

function chosen() {
  try { return localStorage.getItem("theme"); } catch { return null; }
}

function paint(name) {
  root.dataset.theme = name;
  theme.setAttribute("aria-pressed", String(name === "dark"));
}

paint(chosen() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
theme.addEventListener("click", () => {
  paint(root.dataset.theme === "dark" ? "light" : "dark");
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not kept, then */ }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.focus();
  }
});
search.addEventListener("input", () => refresh());

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/** A row for each item, the one that it had before where there is one, so that focus stays. */
function rows(body, items, key, make, fill) {
  const before = new Map([...body.children].map((row) => [row.dataset.key, row]));
  const now = items.map((item) => {
    const row = before.get(key(item)) ?? make(item);
    row.dataset.key = key(item);
    fill(row, item);
    return row;
  });
  for (const [place, row] of now.entries()) {
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
  }
  while (body.children.length > now.length) body.lastElementChild.remove();
}

let counted = new Map(); // how many events each session had emitted, and when
let asked = 0;

function rate(session, time) {
  const last = counted.get(session.session);
  return last && time > last.time ? (session.events - last.events) / (time - last.time) : 0;
}

function makeSession(session) {
  const row = element("tr");
  row.append(element("td"), element("td"), element("td"), element("td", "", "number"), element("td", "", "number"), element("td"));
  const button = element("button", "Disconnect");
  button.type = "button";
  button.setAttribute("aria-label", `Disconnect ${session.address} ${Object.values(session.clients).join(" ")}`.trim());
  button.addEventListener("click", () => disconnect(session));
  row.lastElementChild.append(button);
  return row;
}

function fillSession(row, session) {
  const [address, transport, namespaces, queued, events] = row.children;
  address.textContent = session.address;
  transport.textContent = session.transport;
  const clients = Object.entries(session.clients).map(([namespace, id]) => `${namespace} ${id}`);
  rows(namespaces, clients, (text) => text, (text) => element("code", text), () => {});
  queued.textContent = number.format(session.queued);
  events.textContent = session.rate.toFixed(1);
}

function makeRejected(item) {
  const row = element("tr");
  row.append(element("td", new Date(item.time * 1000).toLocaleTimeString()), element("td", item.address), element("td", item.reason));
  return row;
}

function draw(told) {
  const time = performance.now() / 1000;
  const sessions = told.shown.map((session) => ({ ...session, rate: rate(session, time) }));
  counted = new Map(told.shown.map((session) => [session.session, { events: session.events, time }]));
  byId("version").textContent = told.version;
  rows(byId("facts"), Object.entries(told.facts), ([name]) => name, ([name]) => {
    const fact = element("div");
    fact.append(element("dt", name), element("dd"));
    return fact;
  }, (fact, [, value]) => {
    fact.lastElementChild.textContent = typeof value === "number" ? number.format(value) : value;
  });
  byId("count").textContent = told.shown.length < told.found ? `${number.format(told.shown.length)} of ${number.format(told.found)}, those with the most to read first.` : "";
  rows(byId("sessions"), sessions, (session) => session.session, makeSession, fillSession);
  byId("none").hidden = told.rejected.length > 0;
  rows(byId("rejected"), told.rejected, (item) => `${item.time} ${item.address} ${item.reason}`, makeRejected, () => {});
}

let timer;

async function refresh() {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    const answer = await fetch(`sessions?search=${encodeURIComponent(search.value)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (mine !== asked) return; // somebody has typed since
    draw(told);
    if (byId("status").dataset.lost) say("");
  } catch {
    if (mine !== asked) return;
    say("The service does not answer.");
    byId("status").dataset.lost = "yes";
  }
  timer = setTimeout(refresh, EVERY);
}

function say(text) {
  byId("status").textContent = text;
  delete byId("status").dataset.lost;
}

async function disconnect(session) {
  const answer = await fetch("disconnect", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ session: session.session }),
  });
  say(answer.ok ? `Disconnected ${session.address}.` : `${session.address} has gone already.`);
  refresh();
}

refresh();
