// Prints, as JSON, what AsyncAPI's own parser refuses in each file that is named.
import { Parser, fromFile } from "@asyncapi/parser";

const refused = {};
for (const file of process.argv.slice(2)) {
  const { diagnostics, document } = await fromFile(new Parser(), file).parse();
  const errors = diagnostics.filter(({ severity }) => severity === 0);
  refused[file] = errors.map(({ path, message }) => `${path.join("/")}: ${message}`);
  if (!document && errors.length === 0) refused[file].push("no document");
}
console.log(JSON.stringify(refused));
