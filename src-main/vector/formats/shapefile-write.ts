import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bounds, union } from "../../../src-shared/geo/bounds.ts";
import { writeAllSync } from "../../files/index.ts";
import { boundsOfGeometry, type Polygonal, partsOf, type Ring, signedRingArea } from "../geometry/geometry.ts";
import type { Field, PropertyValue } from "./feature.ts";

/** The files of a Shapefile beside its .shp. */
export const shapefileParts = [".shx", ".dbf", ".prj", ".cpg"] as const;

interface Column extends Field {
  /** ten bytes at most, as dBASE has it */
  readonly short: string;
  readonly length: number;
  readonly decimals: number;
}

// Offsets count 16-bit words in 32 signed bits, and many readers stop at 2 GB.
const limit = 2_000_000_000;

/** Writes polygons as a Shapefile (ESRI white paper, 1998), record by record: `base` is the path without an extension. */
export class ShapefileWriter {
  readonly #base: string;
  readonly #shp: number;
  readonly #shx: number;
  readonly #dbf: number;
  readonly #columns: readonly Column[];
  #bounds: Bounds | undefined;
  #shpBytes = 100;
  #count = 0;

  constructor(base: string, fields: readonly Field[], wkt: string) {
    this.#base = base;
    this.#columns = columnsOf(fields);
    this.#shp = openSync(`${base}.shp`, "w");
    this.#shx = openSync(`${base}.shx`, "w");
    this.#dbf = openSync(`${base}.dbf`, "w");
    writeAllSync(this.#shp, Buffer.alloc(100));
    writeAllSync(this.#shx, Buffer.alloc(100));
    writeAllSync(this.#dbf, dbfHeader(this.#columns, 0));
    writeFileSync(`${base}.prj`, wkt);
    writeFileSync(`${base}.cpg`, "UTF-8");
  }

  add(geometry: Polygonal, properties: Readonly<Record<string, PropertyValue>>): void {
    const content = polygonRecord(geometry);
    if (this.#shpBytes + content.length + 8 > limit)
      throw new AppError("export-too-large", { path: `${this.#base}.shp`, limit: "2 GB" });
    const head = Buffer.alloc(8);
    head.writeInt32BE(++this.#count, 0);
    head.writeInt32BE(content.length / 2, 4);
    const place = Buffer.alloc(8);
    place.writeInt32BE(this.#shpBytes / 2, 0);
    place.writeInt32BE(content.length / 2, 4);
    writeAllSync(this.#shp, head);
    writeAllSync(this.#shp, content);
    writeAllSync(this.#shx, place);
    writeAllSync(
      this.#dbf,
      Buffer.concat([Buffer.from(" "), ...this.#columns.map((column) => cellOf(column, properties))]),
    );
    this.#shpBytes += 8 + content.length;
    const bounds = boundsOfGeometry(geometry)!;
    this.#bounds = this.#bounds ? union(this.#bounds, bounds) : bounds;
  }

  /** Writes the headers, which know how much there is, and closes the files. */
  finish(): void {
    writeSync(this.#shp, mainHeader(this.#shpBytes, this.#bounds), 0, 100, 0);
    writeSync(this.#shx, mainHeader(100 + 8 * this.#count, this.#bounds), 0, 100, 0);
    writeSync(this.#dbf, "\x1a");
    writeSync(this.#dbf, dbfHeader(this.#columns, this.#count), 0, 32, 0);
    this.close();
  }

  close(): void {
    for (const file of [this.#shp, this.#shx, this.#dbf]) {
      try {
        closeSync(file);
      } catch {
        // closed already
      }
    }
  }
}

function mainHeader(bytes: number, bounds: Bounds | undefined): Buffer {
  const header = Buffer.alloc(100);
  header.writeInt32BE(9994, 0);
  header.writeInt32BE(bytes / 2, 24);
  header.writeInt32LE(1000, 28);
  header.writeInt32LE(5, 32);
  const { minX = 0, minY = 0, maxX = 0, maxY = 0 } = bounds ?? {};
  for (const [i, value] of [minX, minY, maxX, maxY].entries()) header.writeDoubleLE(value, 36 + 8 * i);
  return header;
}

/** Outsides run clockwise and holes the other way, the reverse of GeoJSON. */
function polygonRecord(geometry: Polygonal): Buffer {
  const rings = partsOf(geometry).flatMap((polygon) =>
    polygon.map((ring, i): Ring => (signedRingArea(ring) < 0 === (i === 0) ? ring : ring.toReversed())),
  );
  const points = rings.reduce((sum, ring) => sum + ring.length, 0);
  const content = Buffer.alloc(44 + 4 * rings.length + 16 * points);
  const { minX, minY, maxX, maxY } = boundsOfGeometry(geometry)!;
  content.writeInt32LE(5, 0);
  for (const [i, value] of [minX, minY, maxX, maxY].entries()) content.writeDoubleLE(value, 4 + 8 * i);
  content.writeInt32LE(rings.length, 36);
  content.writeInt32LE(points, 40);
  let first = 0;
  let at = 44 + 4 * rings.length;
  for (const [i, ring] of rings.entries()) {
    content.writeInt32LE(first, 44 + 4 * i);
    first += ring.length;
    for (const [x, y] of ring) {
      content.writeDoubleLE(x, at);
      content.writeDoubleLE(y, at + 8);
      at += 16;
    }
  }
  return content;
}

function columnsOf(fields: readonly Field[]): Column[] {
  const taken = new Set<string>();
  return fields.map((field): Column => {
    let short = field.name.slice(0, 10);
    for (let n = 2; taken.has(short); n++) short = `${field.name.slice(0, 9 - String(n).length)}_${n}`;
    taken.add(short);
    if (field.type === "integer") return { ...field, short, length: 10, decimals: 0 };
    if (field.type === "number") return { ...field, short, length: 18, decimals: 6 };
    return { ...field, short, length: 254, decimals: 0 };
  });
}

function dbfHeader(columns: readonly Column[], records: number): Buffer {
  const header = Buffer.alloc(33 + 32 * columns.length);
  const today = new Date();
  header[0] = 3;
  header[1] = today.getUTCFullYear() - 1900;
  header[2] = today.getUTCMonth() + 1;
  header[3] = today.getUTCDate();
  header.writeUInt32LE(records, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(1 + columns.reduce((sum, { length }) => sum + length, 0), 10);
  for (const [i, { short, type, length, decimals }] of columns.entries()) {
    const at = 32 + 32 * i;
    header.write(short, at, 11, "latin1");
    header.write(type === "integer" || type === "number" ? "N" : "C", at + 11, "latin1");
    header[at + 16] = length;
    header[at + 17] = decimals;
  }
  header[header.length - 1] = 0x0d;
  return header;
}

function cellOf({ name, type, length, decimals }: Column, properties: Readonly<Record<string, PropertyValue>>): Buffer {
  const cell = Buffer.alloc(length, " ");
  const value = properties[name] ?? null;
  if (value === null) return cell;
  if (type === "integer" || type === "number") {
    cell.write(Number(value).toFixed(decimals).padStart(length).slice(0, length), "latin1");
    return cell;
  }
  // Whole letters only: a cut in the middle of one would make the rest unreadable.
  const text = [...String(value)].reduce(
    (kept, letter) => (Buffer.byteLength(kept + letter) > length ? kept : kept + letter),
    "",
  );
  cell.write(text, "utf8");
  return cell;
}
