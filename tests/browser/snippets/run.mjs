// Runs snippets: each line that one prints is told as JSON, with its name.
import { readdirSync } from "node:fs";

globalThis.told = (name, given) => process.stdout.write(`${JSON.stringify([name, given])}\n`);
const snippets = readdirSync(".").filter((name) => name.endsWith(".mjs"));
await Promise.all(snippets.map((name) => import(`${process.cwd()}/${name}`)));
