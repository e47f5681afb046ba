// npm packages: those of this repository, or of the folder that a program runs in.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const places = [import.meta.url, pathToFileURL(`${process.cwd()}/`)].map(createRequire);

export function required(name) {
  for (const require of places.slice(0, -1)) {
    try {
      return require(name);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return places.at(-1)(name);
}
