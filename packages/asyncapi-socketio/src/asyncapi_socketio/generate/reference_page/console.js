"use strict";

// The console: several clients, each with a socket per namespace, and one timeline of them all.
const MOST_LINES = 500;
const ACK_WITHIN = 5000;
const clients = [];

const note = (client, what, namespace, text, ...more) => {
  const timeline = part("timeline");
  const place = contract.namespaces.length > 1 ? ` ${namespace}` : "";
  const time = make("time", { textContent: new Date().toLocaleTimeString() });
  const who = make("strong", { textContent: client.name });
  const verb = make("span", { className: `did ${what}`, textContent: what });
  timeline.prepend(make("li", {}, time, " ", who, " ", verb, `${place} `, make("code", { textContent: text }), ...more));
  if (timeline.children.length > MOST_LINES) timeline.lastChild.remove();
};
const spoken = (event, args) => [event, ...args.map((value) => js(value))].join(" ");
const problem = (text) => { part("problem") && (part("problem").textContent = text); };

// The server may ask a client: the reader answers.
const answering = (client, namespace, event, ack) => {
  const asked = contract.sends.find((item) => item.namespace === namespace && item.event === event);
  const reply = asked?.replies[0];
  const start = reply ? startOfMessage(reply) : null;
  const input = make("input", { value: start === undefined ? "" : js(start) });
  const button = make("button", { type: "button", textContent: "Acknowledge" });
  button.addEventListener("click", () => {
    try {
      const value = input.value.trim() ? JSON.parse(input.value) : undefined;
      const given = reply?.several ? [value].flat() : value === undefined ? [] : [value];
      ack(...given);
      button.disabled = true;
      problem("");
      note(client, "acknowledges", namespace, spoken(event, given));
    } catch (error) {
      problem(`the ack is not valid JSON: ${error.message}`);
    }
  });
  return make("div", { className: "row" }, labelled("Ack (JSON)", input), button);
};

class Client {
  constructor(name) {
    this.name = name;
    this.sockets = new Map();
    this.status = make("span", { role: "status", className: "none status", textContent: "not connected" });
    this.states = new Map();
    this.rows = contract.namespaces.map((namespace) => this.row(namespace));
    const only = this.rows.length === 1;
    this.connectButton = make("button", { type: "button", textContent: "Connect" });
    this.connectButton.addEventListener("click", () => (this.sockets.size ? this.close() : this.connect()));
    this.element = make("fieldset", {}, make("legend", { textContent: `Client ${name}` }));
    for (const { box, path, auth, namespace } of this.rows) {
      const parts = [];
      if (!only) parts.push(make("label", { className: "box" }, box, ` ${namespace.path}`));
      if (namespace.path !== namespace.example) parts.push(labelled("Namespace", path));
      if (auth) parts.push(labelled(only ? "Auth (JSON)" : `Auth of ${namespace.path} (JSON)`, auth));
      if (parts.length) this.element.append(make("div", { className: "row" }, ...parts));
    }
    this.element.append(make("div", { className: "row" }, this.connectButton, this.status));
  }

  row(namespace) {
    const value = authOf(namespace);
    const auth = namespace.auth && make("input", { value: js(value), size: 28 });
    const box = make("input", { type: "checkbox", checked: namespace === contract.namespaces[0] });
    return { namespace, box, auth, path: make("input", { value: namespace.example, size: 28 }) };
  }

  say(path, text) {
    this.states.set(path, text);
    this.status.textContent = [...this.states.values()].join("; ");
  }

  connect() {
    this.states.clear();
    try {
      const found = endpoint();
      const opened = this.rows.filter(({ box }) => box.checked).map((row) => ({ row, auth: row.auth?.value.trim() ? JSON.parse(row.auth.value) : undefined }));
      for (const { row, auth } of opened) this.open(found, row, auth);
      this.connectButton.textContent = this.sockets.size ? "Disconnect" : "Connect";
      if (!opened.length) this.say("", "choose a namespace");
    } catch (error) {
      this.say("", error instanceof SyntaxError ? `the auth is not valid JSON: ${error.message}` : "the server is not a URL: write it as http://localhost:3000");
    }
  }

  open({ origin, path }, { namespace, path: at }, auth) {
    const there = at.value || "/";
    const socket = io(origin + there, { path, auth, forceNew: true });
    this.sockets.set(namespace.path, socket);
    this.say(there, `connecting to ${there}`);
    socket.on("connect", () => this.say(there, `connected to ${there}`));
    socket.on("connect_error", (error) => {
      const data = error.data === undefined ? "" : ` ${js(error.data)}`;
      const fenced = location.protocol.startsWith("http") && origin !== location.origin;
      this.say(there, `not connected to ${there}: ${error.message}${data}${fenced ? " (a served page connects to its own server only: save it as a file to try others)" : ""}`);
      note(this, "refused", there, `${error.message}${data}`);
    });
    socket.on("disconnect", (reason) => this.say(there, `disconnected from ${there}: ${reason}`));
    socket.onAny((event, ...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : null;
      const more = ack ? [answering(this, namespace.path, event, ack)] : [];
      note(this, "hears", there, spoken(event, args), ...more);
    });
  }

  close() {
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
    this.connectButton.textContent = "Connect";
  }
}

const addClient = () => {
  const name = String.fromCharCode(65 + (clients.length % 26)) + (clients.length < 26 ? "" : Math.floor(clients.length / 26));
  const client = new Client(name);
  clients.push(client);
  part("clients").append(client.element);
  part("client")?.append(make("option", { textContent: name }));
};

// The form and the JSON are one value: whichever changes writes the other.
const choice = part("event");
const payload = part("payload");
const chosen = () => operations.get(choice.value).item;
let form = null;
const build = (value) => {
  form = messageEditor(chosen().message, value, () => { payload.value = shown(form.read()) ?? ""; problem(""); });
  part("form").replaceChildren(form ? form.element : make("p", { className: "none", textContent: "No argument." }));
};
const prefill = () => {
  const value = startOfMessage(chosen().message);
  const takes = chosen().message.args.length > 0 || chosen().message.rest !== null;
  payload.value = takes ? shown(value ?? null) : "";
  payload.disabled = !takes;
  problem("");
  build(value ?? null);
};
const parsed = () => {
  if (payload.disabled) return [];
  const value = JSON.parse(payload.value);
  return chosen().message.several ? [value].flat() : [value];
};
const emit = () => {
  const { event, namespace, replies } = chosen();
  const client = clients[part("client").selectedIndex];
  const socket = client.sockets.get(namespace);
  part("ack").textContent = "";
  if (!socket?.connected) return problem(`client ${client.name} is not connected to ${namespace}: press Connect first`);
  let given;
  try {
    given = parsed();
  } catch (error) {
    return problem(`the payload is not valid JSON: ${error.message}`);
  }
  problem("");
  note(client, "emits", namespace, spoken(event, given));
  if (!replies.length) {
    socket.emit(event, ...given);
    part("ack").textContent = "(has no ack)";
    return;
  }
  const started = performance.now();
  part("ack").textContent = "…";
  socket.timeout(ACK_WITHIN).emit(event, ...given, (error, ...answer) => {
    const took = `${Math.round(performance.now() - started)} ms`;
    const text = answer.map(shown).join("\n") || "(no argument)";
    part("ack").textContent = error ? "no ack in 5 s" : `${text}\n\nafter ${took}`;
    note(client, "gets", namespace, error ? `${event}: no ack in 5 s` : `${spoken(event, answer)} after ${took}`);
  });
};

if (part("try")) {
  addClient();
  part("add").addEventListener("click", addClient);
  part("clear").addEventListener("click", () => part("timeline").replaceChildren());
}
if (choice) {
  choice.addEventListener("change", prefill);
  payload.addEventListener("input", () => {
    try {
      build(JSON.parse(payload.value));
      problem("");
    } catch (error) {
      problem(`the payload is not valid JSON: ${error.message}`);
    }
  });
  part("emit").addEventListener("click", emit);
  for (const button of document.querySelectorAll("button[data-try]")) {
    button.addEventListener("click", () => {
      choice.value = button.dataset.try;
      prefill();
      part("try").scrollIntoView();
      choice.focus();
    });
  }
  prefill();
}
