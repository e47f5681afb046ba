// After the build: the service worker learns what to keep, and every file gets a .br and a .gz that is smaller.
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const built = new URL('../../src/todo_service/web/', import.meta.url);

await rm(new URL('prerendered-routes.json', built), { force: true });

const names = (await readdir(built)).sort();
const kept = names.filter((name) => !name.endsWith('.txt'));
const version = createHash('sha256');
for (const name of kept) version.update(await readFile(new URL(name, built)));
const files = kept.map((name) => (name === 'index.html' ? './' : name));
const worker = await readFile(new URL('service-worker.js', import.meta.url), 'utf8');
await writeFile(
  new URL('service-worker.js', built),
  `const FILES = ${JSON.stringify(files)};\n` +
    `const VERSION = ${JSON.stringify(version.digest('hex').slice(0, 16))};\n` +
    worker,
);

for (const name of [...names, 'service-worker.js']) {
  const content = await readFile(new URL(name, built));
  for (const [suffix, compress] of [['.br', brotliCompressSync], ['.gz', gzipSync]]) {
    const compressed = compress(content);
    if (compressed.length < content.length) await writeFile(new URL(name + suffix, built), compressed);
  }
}
