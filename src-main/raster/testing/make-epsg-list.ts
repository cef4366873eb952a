// node src-main/raster/testing/make-epsg-list.ts: packs what is used of the package epsg-index into resources/epsg/list.bin.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { writeWholeSync } from "../../files/index.ts";
import { epsgColumns, rowsPerBlock } from "../epsg-list.ts";

const rows = Object.values(
  createRequire(import.meta.url)("epsg-index/all.json") as Readonly<Record<string, Record<string, unknown>>>,
).sort((p, q) => Number(p.code) - Number(q.code));

const table: [first: number, place: number, bytes: number][] = [];
const packed: Buffer[] = [];
let place = 0;
for (let from = 0; from < rows.length; from += rowsPerBlock) {
  const block = rows.slice(from, from + rowsPerBlock).map((row) => epsgColumns.map((name) => row[name] ?? null));
  const bytes = brotliCompressSync(Buffer.from(JSON.stringify(block)), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  table.push([Number(rows[from]!.code), place, bytes.length]);
  packed.push(bytes);
  place += bytes.length;
}
const list = Buffer.from(JSON.stringify(table));
const head = Buffer.alloc(4);
head.writeUInt32LE(list.length, 0);
const path = join(import.meta.dirname, "../../../resources/epsg/list.bin");
mkdirSync(dirname(path), { recursive: true });
writeWholeSync(path, Buffer.concat([head, list, ...packed]));
process.stdout.write(`${rows.length} systems, ${4 + list.length + place} bytes\n`);
