// Puts a .br and a .gz beside every built file that is smaller for it.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const built = new URL('../../src/todo_service/web/', import.meta.url);

await rm(new URL('prerendered-routes.json', built), { force: true });
for (const name of await readdir(built)) {
  const content = await readFile(new URL(name, built));
  for (const [suffix, compress] of [['.br', brotliCompressSync], ['.gz', gzipSync]]) {
    const compressed = compress(content);
    if (compressed.length < content.length) await writeFile(new URL(name + suffix, built), compressed);
  }
}
