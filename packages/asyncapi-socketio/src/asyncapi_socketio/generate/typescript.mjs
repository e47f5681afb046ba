// Reads {schemas, events} from stdin and writes TypeScript: a type a schema, then the events.
// Its npm packages are those of this repository, or of the folder that it runs in.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const places = [import.meta.url, pathToFileURL(`${process.cwd()}/`)].map(createRequire);
const { compile } = required("json-schema-to-typescript");
const { format } = required("prettier");

const ROOT = "EverySchema";

const { schemas, events } = JSON.parse(await text(process.stdin));
const root = {
  title: ROOT,
  type: "object",
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.keys(schemas).map((name) => [name, { $ref: `#/definitions/${name}` }]),
  ),
  definitions: schemas,
};
const options = { bannerComment: "", format: false, ignoreMinAndMaxItems: true };
const shapes = await compile(root, ROOT, options);
const withoutRoot = shapes
  .replace(new RegExp(`export interface ${ROOT} \\{[^]*?\\n\\}\\n?`), "")
  .replace(/ \*\s*\n \* This interface was referenced by [^]*? \*\//g, " */")
  .replace(/\/\*\*\s*\n \* This interface was referenced by [^]*? \*\/\n/g, "");
process.stdout.write(
  await format(`${withoutRoot}\n\n${events}\n`, { parser: "typescript", printWidth: 100 }),
);

function required(name) {
  for (const require of places.slice(0, -1)) {
    try {
      return require(name);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return places.at(-1)(name);
}
