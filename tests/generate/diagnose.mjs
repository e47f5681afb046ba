// Prints what @asyncapi/parser says of each document, as JSON.
import { Parser } from "@asyncapi/parser";
import { readFile } from "node:fs/promises";

const said = {};
for (const file of process.argv.slice(2)) {
  const { diagnostics } = await new Parser().parse(await readFile(file, "utf8"));
  said[file] = diagnostics.map(({ path, message }) => `${path.join("/")}: ${message}`);
}
console.log(JSON.stringify(said));
