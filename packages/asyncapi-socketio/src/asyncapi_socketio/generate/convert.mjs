// Reads {text} from stdin, an AsyncAPI 1 or 2 document, and writes it as one of AsyncAPI 3.
import { text as read } from "node:stream/consumers";
import { required } from "./packages.mjs";

const { convert } = required("@asyncapi/converter");

const { text } = JSON.parse(await read(process.stdin));
try {
  process.stdout.write(convert(text, "3.0.0"));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
