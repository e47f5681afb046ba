"use strict";

// The use of each event, for the chosen server, in the chosen language.
const pathname = part("pathname");
const address = part("server");
const known = part("servers-known");

const PAGE = { key: "of this page", pathname: "/socket.io/", security: [] };
const serversKnown = [...contract.servers];
if (location.protocol.startsWith("http")) {
  // What serves this page serves Socket.IO beside it, under whatever path.
  serversKnown.unshift({ ...PAGE, url: new URL(".", location.href).href.replace(/\/$/, "") });
}
if (!serversKnown.length) serversKnown.push({ ...PAGE, key: "of your machine", url: "http://localhost:3000" });

const endpoint = () => {
  const { origin, pathname: below } = new URL(address?.value ?? serversKnown[0].url);
  if (origin === "null") throw new TypeError("no host");
  const path = pathname?.value || serversKnown[0].pathname;
  return { origin, path: `${below}/${path}/`.replace(/\/{2,}/g, "/") };
};
const serverChosen = () => serversKnown[known?.selectedIndex ?? 0] ?? serversKnown[0];

const credentials = () => {
  const headers = {};
  const query = {};
  const scheme = serverChosen().security[0];
  if (!scheme) return { headers, query };
  const { type, place, name, scheme: way } = scheme;
  if (type === "httpApiKey" && place === "header") headers[name] = "YOUR-KEY";
  else if (type === "httpApiKey" && place === "query") query[name] = "YOUR-KEY";
  else if (type === "httpApiKey" && place === "cookie") headers.Cookie = `${name}=YOUR-KEY`;
  else if (way.toLowerCase() === "basic") headers.Authorization = "Basic YOUR-CREDENTIALS";
  else if (["http", "oauth2", "openIdConnect"].includes(type)) headers.Authorization = "Bearer YOUR-TOKEN";
  return { headers, query };
};
const namespaceOf = ({ namespace }) => contract.namespaces.find(({ path }) => path === namespace);
const authOf = (namespace) => (namespace.auth ? namespace.authExamples[0] ?? startOf(refTo(namespace.auth)) : undefined);

const argumentsOf = (message) => {
  const value = startOfMessage(message);
  if (message.several) return Array.isArray(value) ? value : [value];
  return message.args.length ? [value] : [];
};
const namesOf = ({ args }) => (args.length === 1 ? ["argument"] : args.map((_, at) => `argument${at + 1}`));
const variesIn = ({ args, least, rest, more }) => least < args.length || rest !== null || more;
const js = (value) => JSON.stringify(value);
const LINE = 72;
const filledIn = (object) => Object.keys(object).length > 0;

const optionsOf = (use) => ({
  path: use.path,
  ...(use.auth === undefined ? {} : { auth: use.auth }),
  ...(filledIn(use.headers) ? { extraHeaders: use.headers } : {}),
  ...(filledIn(use.query) ? { query: use.query } : {}),
});
// A value in one line, or where that is long a line for each part.
const writer = (scalar, keyed, pad) => {
  const write = (value, indent = "") => {
    if (value === null || typeof value !== "object") return scalar(value);
    const [opens, closes] = Array.isArray(value) ? ["[", "]"] : [`{${pad}`, `${pad}}`];
    const inner = `${indent}  `;
    const parts = Object.entries(value).map(([key, one]) => (Array.isArray(value) ? "" : `${keyed(key)}: `) + write(one, inner));
    const flat = parts.length ? opens + parts.join(", ") + closes : (opens + closes).replaceAll(" ", "");
    if (flat.length <= LINE && !flat.includes("\n")) return flat;
    return `${opens.trim()}\n${parts.map((text) => `${inner}${text},\n`).join("")}${indent}${closes.trim()}`;
  };
  return write;
};
const literal = writer(js, (key) => (/^[A-Za-z_]\w*$/.test(key) ? key : js(key)), " ");
const opened = (use) => {
  const options = Object.entries(optionsOf(use)).map(([key, one]) => `  ${key}: ${literal(one, "  ")},\n`);
  return `io(${js(use.url)}, {\n${options.join("")}});`;
};
const scriptUse = ({ name, given, names, varies, heard, acks, several, answer }, typed) => {
  if (!heard) {
    const all = [name, ...given].map((value) => literal(value)).join(", ");
    if (!acks) return `socket.emit(${all});`;
    const awaited = typed && !several; // emitWithAck resolves to the first argument alone
    return awaited ? `const ack = await socket.emitWithAck(${all});\nconsole.log(ack);` : `socket.emit(${all}, (...ack) => {\n  console.log(...ack);\n});`;
  }
  const all = varies ? "...given" : [...names, ...(acks ? ["ack"] : [])].join(", ");
  const lines = [`  console.log(${varies ? all : names.join(", ") || js(name)});`];
  if (varies && acks) lines.unshift(`  const ack = given.pop()${typed ? " as (...answer: unknown[]) => void" : ""};`);
  if (acks) lines.push(`  ack(${answer.map((value) => literal(value, "  ")).join(", ")});`);
  return `socket.on(${js(name)}, (${all}) => {\n${lines.join("\n")}\n});`;
};
const script = (use) => [
  'import { io } from "socket.io-client";', "",
  `const socket = ${opened(use)}`, "",
  scriptUse(use),
].join("\n");
const typescript = (use) => {
  const [client, server] = [`${use.types}ClientEvents`, `${use.types}ServerEvents`];
  return [
    'import { io, type Socket } from "socket.io-client";',
    `import type { ${client}, ${server} } from ${js(contract.package)};`, "",
    `const socket: Socket<${server}, ${client}> = ${opened(use)}`, "",
    scriptUse(use, true),
  ].join("\n");
};

const PYTHON = { null: "None", true: "True", false: "False" };
const py = writer((value) => (typeof value === "string" ? js(value) : PYTHON[value ?? null] ?? js(value)), js, "");
const tuple = (values) => {
  const [only] = values;
  if (values.length === 1) return only === null ? "(None,)" : py(only, "    "); // None alone is no argument
  return `(${values.map((value) => py(value, "    ")).join(", ")})`;
};
const python = (use) => {
  const namespace = use.namespace === "/" ? "" : `, namespace=${js(use.namespace)}`;
  const query = filledIn(use.query) ? `?${new URLSearchParams(use.query)}` : "";
  const connect = [js(use.origin + query), `socketio_path=${js(use.path)}`];
  if (namespace) connect.push(`namespaces=[${js(use.namespace)}]`);
  if (use.auth !== undefined) connect.push(`auth=${py(use.auth)}`);
  if (filledIn(use.headers)) connect.push(`headers=${py(use.headers)}`);
  const connected = `    await client.connect(${connect.join(", ")})`;
  const lines = ["import asyncio", "", "import socketio", "", "", "async def main():", "    client = socketio.AsyncClient()"];
  if (use.heard) {
    const names = use.varies ? "*given" : use.names.join(", ");
    lines.push("", `    @client.on(${js(use.name)}${namespace})`, `    async def heard(${names}):`, `        print(${names || js(use.name)})`);
    if (use.acks) lines.push(`        return ${tuple(use.answer)}`);
    lines.push("", connected, "    await client.wait()");
  } else {
    const given = use.given.length ? `, ${tuple(use.given)}` : "";
    const event = `${js(use.name)}${given}${namespace}`;
    const emits = [`    await client.emit(${event})`, "    await client.sleep(1)  # it is sent in the background"];
    lines.push(connected, ...(use.acks ? [`    print(await client.call(${event}))`] : emits), "    await client.disconnect()");
  }
  return [...lines, "", "", "asyncio.run(main())"].join("\n");
};

const javaValue = (value) => {
  if (Array.isArray(value)) return `new JSONArray(${js(js(value))})`;
  if (value !== null && typeof value === "object") return `new JSONObject(${js(js(value))})`;
  const long = Number.isInteger(value) && Math.abs(value) > 0x7fffffff && !js(value).includes("e");
  return js(value ?? null) + (long ? "L" : "");
};
const javaValues = (values) => `new Object[] {${values.map(javaValue).join(", ")}}`;
const javaMap = (object, wrap = (text) => text) => `Map.of(${Object.entries(object).map(([key, one]) => `${js(key)}, ${wrap(js(typeof one === "string" ? one : js(one)))}`).join(", ")})`;
const java = (use) => {
  const options = [`.setPath(${js(use.path)})`];
  if (use.auth !== undefined) options.push(`.setAuth(${javaMap(Object(use.auth))})`);
  if (filledIn(use.headers)) options.push(`.setExtraHeaders(${javaMap(use.headers, (text) => `List.of(${text})`)})`);
  if (filledIn(use.query)) options.push(`.setQuery(${js(String(new URLSearchParams(use.query)))})`);
  const lines = [
    "IO.Options options = IO.Options.builder()", ...options.map((option) => `    ${option}`), "    .build();",
    `Socket socket = IO.socket(URI.create(${js(use.url)}), options);`,
  ];
  if (use.heard) {
    if (use.acks) lines.push(`Object[] answer = ${javaValues(use.answer)};`);
    lines.push(`socket.on(${js(use.name)}, args -> {`, "    System.out.println(Arrays.toString(args));");
    if (use.acks) lines.push("    ((Ack) args[args.length - 1]).call(answer);");
    lines.push("});");
  } else {
    const ack = use.acks ? ", ack -> System.out.println(Arrays.toString(ack))" : "";
    lines.push(`socket.emit(${js(use.name)}, ${javaValues(use.given)}${ack});`);
  }
  return [
    "import io.socket.client.*;", "import java.net.URI;", "import java.util.*;", "import org.json.*;", "",
    "public class Example {", "    public static void main(String[] arguments) throws Exception {",
    ...[...lines, "socket.connect();"].map((line) => `        ${line}`), "    }", "}",
  ].join("\n");
};

const swiftText = (text) => js(text).replace(/\\(?:u([0-9a-f]{4})|.)/g, (escaped, code) => {
  if (code) return `\\u{${code}}`;
  return { "\\b": "\\u{8}", "\\f": "\\u{c}" }[escaped] ?? escaped;
});
const swiftValue = (value) => {
  if (value === null || value === undefined) return "NSNull()";
  if (typeof value === "string") return swiftText(value);
  if (Array.isArray(value)) return `[${value.map(swiftValue).join(", ")}] as [Any]`;
  if (typeof value === "object") return `${swiftMap(value)} as [String: Any]`;
  return js(value);
};
const swiftMap = (object) => `[${Object.entries(object).map(([key, one]) => `${swiftText(key)}: ${swiftValue(one)}`).join(", ") || ":"}]`;
const swift = (use) => {
  const config = [`.path(${swiftText(use.path)})`];
  if (filledIn(use.headers)) config.push(`.extraHeaders(${swiftMap(use.headers)})`);
  if (filledIn(use.query)) config.push(`.connectParams(${swiftValue(use.query)})`);
  const lines = [
    "import Foundation", "import SocketIO", "",
    `let manager = SocketManager(socketURL: URL(string: ${swiftText(use.origin)})!, config: [${config.join(", ")}])`,
    `let socket = manager.socket(forNamespace: ${swiftText(use.namespace)})`,
  ];
  if (use.heard) {
    lines.push(`socket.on(${swiftText(use.name)}) { data, ack in`, "    print(data)");
    if (use.acks) lines.push(`    ack.with(${swiftValue(use.answer)})`);
    lines.push("}");
  } else {
    const all = [use.name, ...use.given].map(swiftValue).join(", ");
    const emit = use.acks ? `socket.emitWithAck(${all}).timingOut(after: 5) { print($0) }` : `socket.emit(${all})`;
    lines.push("socket.on(clientEvent: .connect) { _, _ in", `    ${emit}`, "}");
  }
  lines.push(use.auth === undefined ? "socket.connect()" : `socket.connect(withPayload: ${swiftValue(use.auth)})`);
  return lines.join("\n");
};

// Socket.IO over long-polling is HTTP: a session, a CONNECT, an EVENT, and a poll for each answer.
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const commandLine = (use) => {
  const query = new URLSearchParams({ EIO: "4", transport: "polling", ...use.query });
  const headers = Object.entries(use.headers).map(([key, one]) => ` -H ${quoted(`${key}: ${one}`)}`).join("");
  const inside = use.namespace === "/" ? "" : `${use.namespace},`;
  const send = (packet) => `$curl "$url&sid=$sid" -H 'Content-Type: text/plain' --data-binary ${quoted(packet)}; echo`;
  const auth = use.auth === undefined ? "" : js(use.auth);
  const lines = [
    `url=${quoted(`${use.origin}${use.path}?${query}`)}`,
    headers ? `call() { curl -sS${headers} "$@"; }` : 'call() { curl -sS "$@"; }',
    `sid=$(call "$url" | sed 's/.*"sid":"\\([^"]*\\)".*/\\1/')`,
    `${send(`40${inside}${auth}`)}`,
    '$curl "$url&sid=$sid"; echo',
  ];
  if (use.heard) {
    lines.push('while packets=$($curl -f "$url&sid=$sid"); do', '  echo "$packets"', `  case $packets in 2*) ${send("3")} ;; esac`, "done");
  } else {
    lines.push(send(`42${inside}${use.acks ? "0" : ""}${js([use.name, ...use.given])}`));
    if (use.acks) lines.push('$curl "$url&sid=$sid"; echo');
  }
  return lines.join("\n").replaceAll("$curl", "call");
};

const LANGUAGES = { JavaScript: script, TypeScript: typescript, Python: python, Java: java, Swift: swift, "Command line": commandLine };

const useOf = (operation, heard) => {
  const namespace = namespaceOf(operation);
  const { origin, path } = endpoint();
  const success = operation.replies.find(({ ack }) => ack === "success") ?? operation.replies[0];
  return {
    ...credentials(), heard, origin, path,
    url: origin + (namespace.example === "/" ? "" : namespace.example),
    namespace: namespace.example,
    types: namespace.types,
    auth: authOf(namespace),
    name: operation.event,
    given: argumentsOf(operation.message),
    names: namesOf(operation.message),
    varies: variesIn(operation.message),
    several: operation.replies.some(({ several }) => several),
    acks: operation.replies.length > 0,
    answer: success ? argumentsOf(success) : [],
  };
};

const operations = new Map([
  ...contract.receives.map((item) => [item.id, { item, heard: false }]),
  ...contract.sends.map((item) => [item.id, { item, heard: true }]),
]);
let language = Object.hasOwn(LANGUAGES, stored("language")) ? stored("language") : "JavaScript";

// Written when their event is opened, and again when the server or the language is another.
const writeUse = (place) => {
  const { item, heard } = operations.get(place.dataset.use);
  const select = place.querySelector("select");
  select.value = language;
  try {
    place.querySelector("code").textContent = LANGUAGES[language](useOf(item, heard));
  } catch {
    place.querySelector("code").textContent = "the server's address is not a URL: write it as http://localhost:3000";
  }
};
const uses = [...document.querySelectorAll("[data-use]")];
const writeUses = () => { for (const place of uses) if (place.closest("details").open && place.firstChild) writeUse(place); };
const setUp = (place) => {
  if (place.firstChild) return writeUse(place);
  const select = make("select", {}, ...Object.keys(LANGUAGES).map((name) => make("option", { textContent: name })));
  select.addEventListener("change", () => {
    language = select.value;
    keep("language", language);
    writeUses();
  });
  const copy = make("button", { type: "button", textContent: "Copy" });
  const code = make("code");
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(code.textContent);
    copy.textContent = "Copied";
  });
  const pre = make("pre", { tabIndex: 0 }, code);
  place.append(make("h4", { textContent: "Use" }), make("div", { className: "row" }, labelled("Language", select), copy), pre);
  writeUse(place);
};
for (const place of uses) {
  place.closest("details").addEventListener("toggle", (event) => { if (event.target.open) setUp(place); });
}

const choose = () => {
  address.value = serverChosen().url;
  pathname.value = serverChosen().pathname;
  writeUses();
};
if (known) {
  known.append(...serversKnown.map(({ key }) => make("option", { textContent: key })));
  known.addEventListener("change", choose);
  for (const input of [address, pathname]) input.addEventListener("input", writeUses);
  choose();
}
