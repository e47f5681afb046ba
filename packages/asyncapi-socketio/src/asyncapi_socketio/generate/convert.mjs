// Reads {text} from stdin, an AsyncAPI 1 or 2 document, and writes it as one of AsyncAPI 3.
import { text as read } from "node:stream/consumers";
import { required } from "./packages.mjs";

const { convert } = required("@asyncapi/converter");

const { text } = JSON.parse(await read(process.stdin));
try {
  const converted = convert(text, "3.0.0"); // an object, of a document in JSON
  process.stdout.write(typeof converted === "string" ? converted : JSON.stringify(converted));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
