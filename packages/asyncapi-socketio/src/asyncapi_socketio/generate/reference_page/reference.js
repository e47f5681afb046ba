"use strict";

const root = document.documentElement;
const search = document.getElementById("search");
const theme = document.getElementById("theme");

// Light or dark: as the system says, until the button is pressed.
const stored = () => {
  try { return localStorage.getItem("theme"); } catch { return null; }
};
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const show = (name) => {
  root.dataset.theme = name;
  theme.setAttribute("aria-pressed", String(name === "dark"));
};
show(stored() ?? (prefersDark.matches ? "dark" : "light"));
prefersDark.addEventListener("change", () => stored() ?? show(prefersDark.matches ? "dark" : "light"));
theme.addEventListener("click", () => {
  show(root.dataset.theme === "dark" ? "light" : "dark");
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not kept, then */ }
});

// Search: whatever has all the words stays.
const found = document.getElementById("found");
const articles = [...document.querySelectorAll("article")];
const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash, link.parentElement]));
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const article of articles) {
    const text = article.textContent.toLowerCase();
    const hit = words.every((word) => text.includes(word));
    article.hidden = !hit;
    links.get(`#${article.id}`)?.toggleAttribute("hidden", !hit);
    count += hit;
  }
  found.textContent = words.length ? `${count} found` : "";
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
});

// The console: one socket a namespace, every event that arrives listed.
const { events } = JSON.parse(document.getElementById("contract").textContent);
const part = (id) => document.getElementById(id);
const [server, choice, payload, status, ack, heard] =
  ["server", "event", "payload", "status", "ack", "heard"].map(part);
const sockets = new Map();
const MOST_HEARD = 200;

// What serves this page serves Socket.IO beside it, under whatever path.
if (location.protocol.startsWith("http")) {
  server.value = new URL(".", location.href).href.replace(/\/$/, "");
}

const chosen = () => events[choice.selectedIndex];
const prefill = () => {
  const { args, examples } = chosen();
  payload.value = args ? JSON.stringify(examples[0] ?? null, null, 2) : "";
  payload.disabled = !args;
};
choice.addEventListener("change", prefill);
prefill();

const say = (text) => { status.textContent = text; };
const list = (event, args) => {
  const item = document.createElement("li");
  const code = document.createElement("code");
  code.textContent = [event, ...args.map((value) => JSON.stringify(value))].join(" ");
  item.append(`${new Date().toLocaleTimeString()} `, code);
  heard.prepend(item);
  if (heard.children.length > MOST_HEARD) heard.lastChild.remove();
};
const endpoint = () => {
  try {
    return new URL("socket.io/", server.value.replace(/\/*$/, "/"));
  } catch {
    return null;
  }
};
const connect = ({ origin, pathname }, namespace) => {
  const socket = io(origin + namespace, { path: pathname, forceNew: true });
  socket.on("connect", () => say(`connected to ${namespace}`));
  socket.on("connect_error", (error) => say(`not connected to ${namespace}: ${error.message}`));
  socket.on("disconnect", (reason) => say(`disconnected from ${namespace}: ${reason}`));
  socket.onAny((event, ...args) => list(event, args));
  return socket;
};
part("connect").addEventListener("click", () => {
  const found = endpoint();
  if (!found) return say("the server is not a URL: write it as http://localhost:3000");
  for (const socket of sockets.values()) socket.close();
  for (const namespace of new Set(events.map((item) => item.namespace))) {
    sockets.set(namespace, connect(found, namespace));
  }
});
part("emit").addEventListener("click", async () => {
  const { event, namespace, args, asks } = chosen();
  const socket = sockets.get(namespace);
  if (!socket?.connected) return say("not connected: press Connect first");
  let given = [];
  try {
    const value = args ? JSON.parse(payload.value) : [];
    given = args === 1 ? [value] : [value].flat();
  } catch (error) {
    return say(`the payload is no JSON: ${error.message}`);
  }
  if (!asks) {
    socket.emit(event, ...given);
    ack.textContent = "(has no ack)";
    return;
  }
  const started = performance.now();
  ack.textContent = "…";
  socket.timeout(5000).emit(event, ...given, (error, ...answer) => {
    const took = `${Math.round(performance.now() - started)} ms`;
    const shown = answer.map((value) => JSON.stringify(value, null, 2)).join("\n") || "(no argument)";
    ack.textContent = error ? "no ack in 5 s" : `${shown}\n\nafter ${took}`;
  });
});
for (const button of document.querySelectorAll("button[data-try]")) {
  button.addEventListener("click", () => {
    choice.selectedIndex = Number(button.dataset.try);
    prefill();
    part("try").scrollIntoView();
    choice.focus();
  });
}
