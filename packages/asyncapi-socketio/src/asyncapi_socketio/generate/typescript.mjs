// Reads {schemas, events} from stdin and writes TypeScript: a type a schema, then the events.
import { text } from "node:stream/consumers";
import { required } from "./packages.mjs";

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
