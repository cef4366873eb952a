// npm run refusals -- [--count N] [--seed S] [--only WORD] [--files FOLDER]
// What refusing an unreadable file costs: large hostile files made here, seeded damage of every kind, and the files of a folder, each
// asked for as a person would (look, import). Prints the worst wall time, processor time and memory, kind by kind.
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs"; // biome-ignore format: one list
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { AppError } from "../../src-shared/errors/index.ts";
import { createCatalog } from "../catalog/index.ts";
import { zipOf } from "../files/index.ts";
import { fileService } from "../services/app/files.ts";
import { projectFolders } from "../services/projects/projects.ts";
import { TrustedFolders } from "../services/projects/trusted-folders.ts";
import { services } from "../services/services.ts";
import { onReadingCost } from "../vector/index.ts";
import { kinds, loadKind } from "./kinds/index.ts";
import { randomOf } from "./random.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    files: { type: "string" },
  },
});

const room = mkdtempSync(join(tmpdir(), "omnisat-refusals-"));
mkdirSync(join(room, "seeds-model"));
process.once("exit", () => rmSync(room, { recursive: true, force: true }));
process.once("SIGINT", () => process.exit(130));

const geobox = { crs: "EPSG:32631", width: 2000, height: 2000, affine: { a: 570_000, b: 10, c: 0, d: 5_630_000, e: 0, f: -10 } }; // biome-ignore format: one line
const project = join(room, "project");
const catalog = createCatalog(
  project,
  { name: "refusals", grid: { geobox, patchMeters: 10, tilePatches: 8 } },
  { purpose: "refusals", appVersion: "0" },
);
const runJob = () => Promise.reject(new Error("Nobody asks"));
const all = services({ catalog, appVersion: "0", runJob, announce: () => {} });
const files = fileService();
// Remembers nothing: every project is one of others.
const outside = Object.assign(new TrustedFolders(join(room, "settings")), { knows: () => false });
const projects = projectFolders({ appVersion: "0", outside });

type Ask = (path: string) => Promise<unknown>;
const vector: Record<string, Ask> = {
  look: (path) => all["labels.inspect"]({ path }),
  import: (path) => all["labels.import"]({ path, field: "class" }),
  layer: (path) => all["vectors.add"]({ path }),
};
const shares: Record<string, Ask> = { look: (path) => all["tiles.preview"]({ path }) };
const table: Record<string, Ask> = { ...vector, shares: shares.look! };
const model: Record<string, Ask> = { import: (path) => all["models.import"]({ path }) };
const legend: Record<string, Ask> = { import: (path) => all["legends.import"]({ path }) };
const raster: Record<string, Ask> = {
  look: (path) => files["raster.info"]({ path, statistics: true }),
  preview: (path) => all["rasters.preview"]({ paths: [path] }),
  import: (path) => all["rasters.import"]({ paths: [path] }),
  labels: (path) => all["labels.inspect"]({ path }),
  convert: (path) => files["raster.convert"]({ from: path, to: join(room, "converted.tif"), overwrite: true }),
};
const open: Record<string, Ask> = {
  open: async (path) => (await projects["project.open"]({ folder: path, purpose: "refusals", readOnly: true })).close(),
};

const exampleKind = await loadKind("model-package");
const [example] = await exampleKind.seeds(join(room, "seeds-model"));
const description = JSON.parse(Buffer.from(example!.files["model.json"]!).toString("utf8")) as object;

/** Text of `mebibytes` MiB made of one piece again and again, between two others. */
function longText(name: string, before: string, piece: string, after: string, mebibytes: number): string {
  const path = join(room, name);
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  const many = Buffer.from(piece.repeat(Math.ceil(2 ** 20 / piece.length)));
  writeSync(file, before);
  for (let done = 0; done < mebibytes * 2 ** 20; done += many.length) writeSync(file, many);
  writeSync(file, after);
  closeSync(file);
  return path;
}
const small = (name: string, bytes: Uint8Array | string): string => {
  const path = join(room, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};
const feature = '{"type":"Feature","properties":{"class":"a"},"geometry":{"type":"Polygon","coordinates":[[[4.0123456,51.0123456],[4.0124456,51.0123456],[4.0124456,51.0124456],[4.0123456,51.0123456]]]}},'; // biome-ignore format: one line
const placemark = "<Placemark><name>a</name><Polygon><outerBoundaryIs><LinearRing><coordinates>4.01,51.01 4.02,51.01 4.02,51.02 4.01,51.01</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"; // biome-ignore format: one line
const collection = '{"type":"FeatureCollection","features":[';

/** 100 MB that no seed could have made smaller, written for one ending after the other. */
function garbage(name: string, head: Uint8Array | string = "", mebibytes = 100): string {
  const path = join(room, name);
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  const piece = Buffer.from(randomOf("garbage").bytes(2 ** 20));
  writeSync(file, Buffer.from(head as string));
  for (let i = 0; i < mebibytes; i++) writeSync(file, piece);
  closeSync(file);
  return path;
}

function wkbOf(parts: number, type = 3): Buffer {
  const bytes = Buffer.alloc(8 + 9);
  bytes.write("GP", 0, "latin1");
  bytes[3] = 1;
  bytes[8] = 1;
  bytes.writeUInt32LE(type, 9);
  bytes.writeUInt32LE(parts, 13);
  return bytes;
}

async function geopackageWith(name: string, shapes: readonly Buffer[]): Promise<string> {
  const { writeGeoPackage } = await import("../vector/index.ts");
  const path = join(room, name);
  const ring: [number, number][] = [[570_000, 5_629_000], [570_100, 5_629_000], [570_100, 5_629_100], [570_000, 5_629_000]]; // biome-ignore format: one line
  writeGeoPackage(path, {
    name: "plots",
    crs: "EPSG:32631",
    geometryType: "POLYGON",
    fields: [{ name: "class", type: "text" }],
    features: shapes.map(() => ({
      properties: { class: "a" },
      geometry: { type: "Polygon" as const, coordinates: [ring] },
    })),
  });
  const database = new DatabaseSync(path);
  for (const { name: trigger } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all() as { name: string }[]) database.exec(`DROP TRIGGER "${trigger}"`); // biome-ignore format: one line
  const { column_name: column } = database.prepare("SELECT column_name FROM gpkg_geometry_columns").get() as { column_name: string }; // biome-ignore format: one line
  shapes.forEach((shape, i) => {
    database.prepare(`UPDATE plots SET "${column}" = ? WHERE rowid = ?`).run(shape, i + 1);
  });
  database.close();
  return path;
}

const safetensors = (header: string, more = 0): Buffer => {
  const bytes = Buffer.alloc(8 + header.length + more);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8, "latin1");
  return bytes;
};

interface Case {
  readonly kind: string;
  readonly make: () => string | Promise<string>;
  readonly asks: Record<string, Ask>;
}

const packageOf = (name: string, weights: () => void, description: object = {}): string => {
  small(`${name}/model.json`, JSON.stringify(description));
  weights();
  return join(room, name);
};

const large: readonly Case[] = [
  ...[".geojson", ".json", ".kml", ".kmz", ".gpkg", ".shp", ".fgb", ".parquet", ".zip", ".csv", ".txt", ".tsv"].map(
    (ending) => ({
      kind: `100 MB of noise, ${ending}`,
      make: () => garbage(`noise${ending}`),
      asks: ending === ".json" || ending === ".csv" ? table : vector,
    }),
  ),
  ...[".tif", ".jp2", ".vrt", ".img", ".png"].map((ending) => ({
    kind: `100 MB of noise, ${ending}`,
    make: () => garbage(`noise${ending}`),
    asks: raster,
  })),
  { kind: "100 MB of noise, .json.gz", make: () => garbage("noise.json.gz"), asks: shares },
  { kind: "100 MB of noise behind TIFF's head", make: () => garbage("head.tif", Buffer.from([73, 73, 42, 0, 8, 0, 0, 0])), asks: raster }, // biome-ignore format: one line
  { kind: "100 MB of noise behind SQLite's head", make: () => garbage("head.gpkg", "SQLite format 3\0"), asks: vector },
  { kind: "100 MB of noise behind a Shapefile's head", make: () => garbage("head.shp", Buffer.concat([Buffer.from([0, 0, 0x27, 0x0a]), Buffer.alloc(96)])), asks: vector }, // biome-ignore format: one line
  { kind: "GeoJSON of 500 MB, cut off", make: () => longText("cut500.geojson", collection, feature, '{"ty', 500), asks: vector }, // biome-ignore format: one line
  { kind: "GeoJSON of 300 MB, cut off", make: () => longText("cut300.geojson", collection, feature, '{"ty', 300), asks: vector }, // biome-ignore format: one line
  { kind: "GeoJSON of 300 MB, cut off behind a bracket", make: () => longText("cut300b.geojson", collection, feature, "{}", 300), asks: vector }, // biome-ignore format: one line
  { kind: "GeoJSON of 200 MB, broken in the middle", make: () => longText("mid.geojson", longHead(), feature, "{}]}", 100), asks: vector }, // biome-ignore format: one line
  { kind: "JSON of 100 MB of lists", make: () => longText("lists.geojson", collection, "[{}],", "[]]}", 100), asks: vector }, // biome-ignore format: one line
  { kind: "JSON of 100 MB of lists in one shape", make: () => longText("in.geojson", `${collection}{"type":"Feature","geometry":null,"properties":{"a":[`, "[{}],", "[]]}}]}", 100), asks: vector }, // biome-ignore format: one line
  { kind: "JSON of 50 MB, nested", make: () => longText("deep.geojson", collection, "[", "]", 50), asks: vector }, // biome-ignore format: one line
  { kind: "shares: JSON of 100 MB, nested", make: () => longText("deep.json", "", '{"a":', "}", 100), asks: shares },
  { kind: "shares: JSON of 100 MB of lists", make: () => longText("lists.json", '{"a":[', "[{}],", "[]]}", 100), asks: shares }, // biome-ignore format: one line
  { kind: "shares: gzip of 1 GB of zeros", make: () => small("zeros.json.gz", gzipSync(Buffer.alloc(1 << 30))), asks: shares }, // biome-ignore format: one line
  { kind: "KML of 100 MB, cut off", make: () => longText("cut.kml", "<kml><Document>", placemark, "<Placemark><na", 100), asks: vector }, // biome-ignore format: one line
  { kind: "KML of 200 MB, not closed", make: () => longText("open.kml", "<kml><Document>", placemark, "</Document>", 200), asks: vector }, // biome-ignore format: one line
  { kind: "KML of 100 MB, nested", make: () => longText("deep.kml", "<kml>", "<a>", "</kml>", 100), asks: vector }, // biome-ignore format: one line
  { kind: "KML of 100 MB of small elements", make: () => longText("items.kml", "<kml>", "<a/>", "</kml>", 100), asks: vector }, // biome-ignore format: one line
  { kind: "KML of 100 MB in one attribute", make: () => longText("attribute.kml", '<kml a="', "aaaa", '"></kml>', 100), asks: vector }, // biome-ignore format: one line
  { kind: "CSV of 100 MB, one line", make: () => longText("line.csv", "lon,lat,class", "aaaa", "", 100), asks: table },
  { kind: "CSV of 200 MB without positions", make: () => longText("none.csv", "a,b,c\n", "x,y,z\n", "", 200), asks: table }, // biome-ignore format: one line
  { kind: "CSV of 100 MB, quotes that never close", make: () => longText("quotes.csv", 'lon,lat,class\n4.1,51.1,a\n4.1,51.1,"', "4.1,51.1,a\n", "", 100), asks: table }, // biome-ignore format: one line
  { kind: "CSV of 100 MB of separators", make: () => longText("commas.csv", "lon,lat,class\n", ",,,,,,,,\n", "", 100), asks: table }, // biome-ignore format: one line
  { kind: "zip: 1 GB of zeros as GeoJSON", make: () => small("zeros.zip", zipOf([{ name: "a.geojson", bytes: Buffer.alloc(1e9) }])), asks: vector }, // biome-ignore format: one line
  { kind: "zip: 1 GB of zeros as GeoPackage", make: () => small("zerog.zip", zipOf([{ name: "a.gpkg", bytes: Buffer.alloc(1e9) }])), asks: vector }, // biome-ignore format: one line
  { kind: "zip: 1 GB of zeros beside a Shapefile", make: () => small("zerod.zip", zipOf([{ name: "a.shp", bytes: Buffer.alloc(1000) }, { name: "a.dbf", bytes: Buffer.alloc(1e9) }])), asks: vector }, // biome-ignore format: one line
  { kind: "zip: 300 MB of blanks as GeoJSON", make: () => small("blanks.zip", zipOf([{ name: "a.geojson", bytes: Buffer.alloc(3e8, 32) }])), asks: vector }, // biome-ignore format: one line
  { kind: "zip: 200 MB of lists as GeoJSON", make: () => small("lists.zip", zipOf([{ name: "a.geojson", bytes: Buffer.from(`${collection}${"[{}],".repeat(4e7)}[]]}`) }])), asks: vector }, // biome-ignore format: one line
  { kind: "KMZ: 250 MB of elements", make: () => small("items.kmz", zipOf([{ name: "doc.kml", bytes: Buffer.from(`<kml>${"<a/>".repeat(6e7)}</kml>`) }])), asks: vector }, // biome-ignore format: one line
  { kind: "GeoPackage: shapes of 2³¹ rings", make: () => geopackageWith("rings.gpkg", [wkbOf(2 ** 31), wkbOf(2 ** 32 - 1, 6), wkbOf(2 ** 31, 7)]), asks: vector }, // biome-ignore format: one line
  { kind: "GeoPackage: a view of 10⁹ rows", make: () => viewOf("rows.gpkg", "SELECT a.GEOM, a.class FROM plots a, plots b, plots c"), asks: vector }, // biome-ignore format: one line
  { kind: "GeoPackage: a view without an end", make: () => viewOf("silent.gpkg", "SELECT a.GEOM, a.class FROM plots a, plots b, plots c, plots d WHERE a.class || b.class || c.class || d.class = 'x'"), asks: vector }, // biome-ignore format: one line
  { kind: "GeoPackage: 2³² − 2 pages in the head", make: () => pagesOf("pages.gpkg"), asks: vector },
  { kind: "FlatGeobuf: a header of 4 GB", make: () => garbage("head.fgb", Buffer.from("fgb\x03fgb\0\xff\xff\xff\xf0", "latin1")), asks: vector }, // biome-ignore format: one line
  { kind: "Parquet: a footer of 30 MB that is one number", make: () => small("number.parquet", parquetOf(Buffer.alloc(30e6, 0xff).fill(0x16, 0, 1))), asks: vector }, // biome-ignore format: one line
  { kind: "Parquet: a footer of 30 MB of lists", make: () => small("lists.parquet", parquetOf(Buffer.alloc(30e6, 0x19))), asks: vector }, // biome-ignore format: one line
  { kind: "Parquet: a footer of 30 MB of structures", make: () => small("structures.parquet", parquetOf(Buffer.alloc(30e6, 0x1c))), asks: vector }, // biome-ignore format: one line
  { kind: "project: noise of 100 MB", make: () => dirname(garbage("project1/project.omniproj")), asks: open },
  { kind: "project: noise of 100 MB behind SQLite's head", make: () => dirname(garbage("project2/project.omniproj", "SQLite format 3\0")), asks: open }, // biome-ignore format: one line
  { kind: "project: 2³² − 2 pages in the head", make: () => damagedProject("pages", (bytes) => bytes.writeUInt32BE(2 ** 32 - 2, 28)), asks: open }, // biome-ignore format: one line
  { kind: "project: cells of 200 MB of JSON", make: () => hugeProject(), asks: open },
  { kind: "project: a lock of 100 MB", make: () => { const folder = damagedProject("lock", () => {}); longText(join("lock", "project.lock"), "{", '"a":1,', "}", 100); return folder; }, asks: { open: async (path) => (await projects["project.open"]({ folder: path, purpose: "refusals", readOnly: false })).close() } }, // biome-ignore format: one line
  { kind: "model: noise of 100 MB, .zip", make: () => garbage("noise-model.zip"), asks: model },
  { kind: "model: weights of 500 MB of noise", make: () => packageOf("m1", () => garbage("m1/weights.safetensors", "", 500), modelDescription()), asks: model }, // biome-ignore format: one line
  { kind: "model: a header of 90 MB", make: () => packageOf("m2", () => small("m2/weights.safetensors", safetensors(`{${'"a":{},'.repeat(11e6)}"b":{}}`)), modelDescription()), asks: model }, // biome-ignore format: one line
  { kind: "model: a header of 3.9 MB of lists", make: () => packageOf("m3", () => small("m3/weights.safetensors", safetensors(`{"a":[${"[],".repeat(1.3e6)}[]]}`)), modelDescription()), asks: model }, // biome-ignore format: one line
  { kind: "model: a model.json of 100 MB", make: () => packageOf("m4", () => longText("m4/model.json", '{"a":[', "[],", "[]]}", 100)), asks: model }, // biome-ignore format: one line
  { kind: "model: zip of 1 GB of zeros", make: () => small("m5.zip", zipOf([{ name: "model.json", bytes: Buffer.from(JSON.stringify(modelDescription())) }, { name: "weights.safetensors", bytes: Buffer.alloc(1e9) }])), asks: model }, // biome-ignore format: one line
  { kind: "legend: QML of 100 MB", make: () => longText("big.qml", "<qgis>", "<a/>", "</qgis>", 100), asks: legend },
  { kind: "legend: QML of 15 MB of elements", make: () => longText("items.qml", "<qgis>", "<a/>", "</qgis>", 15), asks: legend }, // biome-ignore format: one line
  { kind: "legend: JSON of 15 MB of lists", make: () => longText("items-legend.json", '{"classes":[', "[{}],", "[]]}", 15), asks: legend }, // biome-ignore format: one line
];

/** A file of nothing but its footer. */
function parquetOf(footer: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from("PAR1"), footer, length, Buffer.from("PAR1")]);
}

function longHead(): string {
  return `${collection}${feature.repeat(500_000)}{"type":"Feature",,`;
}

function modelDescription(): object {
  return JSON.parse(JSON.stringify(description));
}

async function viewOf(name: string, select: string): Promise<string> {
  const path = await geopackageWith(
    name,
    Array.from({ length: 1000 }, () => wkbOf(0)),
  );
  const database = new DatabaseSync(path);
  const { column_name: column } = database.prepare("SELECT column_name FROM gpkg_geometry_columns").get() as { column_name: string }; // biome-ignore format: one line
  database.exec(`CREATE VIEW joined AS ${select.replaceAll("GEOM", `"${column}"`)}`);
  database.exec("PRAGMA foreign_keys = OFF");
  database.exec(
    "UPDATE gpkg_geometry_columns SET table_name = 'joined'; UPDATE gpkg_contents SET table_name = 'joined'",
  );
  database.close();
  return path;
}

async function pagesOf(name: string): Promise<string> {
  const path = await geopackageWith(name, [wkbOf(0)]);
  const bytes = readFileSync(path);
  bytes.writeUInt32BE(2 ** 32 - 2, 28);
  writeFileSync(path, bytes);
  truncateSync(path, bytes.length + 2 ** 28);
  return path;
}

function damagedProject(name: string, damage: (bytes: Buffer) => void): string {
  const folder = join(room, name);
  createCatalog(folder, { name, grid: { geobox, patchMeters: 10, tilePatches: 8 } }, { purpose: "refusals", appVersion: "0" }).close(); // biome-ignore format: one line
  const path = join(folder, "project.omniproj");
  const bytes = Buffer.from(readFileSync(path));
  damage(bytes);
  writeFileSync(path, bytes);
  return folder;
}

async function hugeProject(): Promise<string> {
  const folder = damagedProject("cells", () => {});
  const database = new DatabaseSync(join(folder, "project.omniproj"));
  database.prepare("UPDATE project SET area_limit = ?").run(`[${"[{}],".repeat(4e7)}1]`);
  database.close();
  return folder;
}

interface Cost {
  readonly kind: string;
  readonly ask: string;
  readonly answer: string;
  readonly seconds: number;
  readonly work: number;
  readonly memory: number;
}

/** Asks once, and measures the reader and this program together. */
async function measured(kind: string, name: string, ask: Ask, path: string): Promise<Cost> {
  const costs: { work: number; memory: number }[] = [];
  const stop = onReadingCost((_, __, cost) => costs.push(cost));
  globalThis.gc?.();
  const begin = performance.now();
  const before = process.cpuUsage();
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  let answer = "read";
  try {
    const result = await ask(path);
    const unused = (result as { unused?: { reason?: { code?: string } }[] } | null)?.unused;
    if (unused?.length) answer = `unused: ${unused[0]!.reason?.code ?? "?"}`;
  } catch (error) {
    answer = error instanceof AppError ? error.code : `RAW ${String(error).slice(0, 80)}`;
    if (answer === "vector-too-costly") answer += ` (${(error as AppError<"vector-too-costly">).details.why})`;
  }
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage.rss());
  stop();
  const { user, system } = process.cpuUsage(before);
  const most = (values: readonly number[]) => Math.max(0, ...values);
  return {
    kind,
    ask: name,
    answer,
    seconds: (performance.now() - begin) / 1000,
    work: (user + system) / 1e6 + costs.reduce((sum, { work }) => sum + work, 0) / 1000,
    memory: most([(peak - idle) / 2 ** 20, ...costs.map(({ memory }) => memory)]),
  };
}

const line = ({ kind, ask, answer, seconds, work, memory }: Cost): string =>
  `| ${[kind, ask, answer, seconds.toFixed(2), work.toFixed(2), Math.round(memory)].join(" | ")} |`;
const print = (text: string) => process.stdout.write(`${text}\n`);

// Readers and threads are started before anything is measured.
const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019/parcels.gpkg");
await all["labels.inspect"]({ path: sample });
await all["models.import"]({ path: small("nothing/model.json", "{}").replace(/\/model.json$/, "") }).catch(() => {});
const someTiff = readdirSync(join(dirname(sample), "S2_L2A_10m")).find((name) => name.endsWith(".tif"))!;
await files["raster.info"]({ path: join(dirname(sample), "S2_L2A_10m", someTiff), statistics: true });

print("| file | asked | answer | wall s | CPU s | MiB |\n|---|---|---|---|---|---|");
for (const { kind, make, asks } of large) {
  if (!values.only.split(",").some((word) => kind.includes(word))) continue;
  const path = await make();
  for (const [name, ask] of Object.entries(asks)) print(line(await measured(kind, name, ask, path)));
  rmSync(path, { recursive: true, force: true });
}

const asksOf: Readonly<Record<string, Record<string, Ask>>> = { ".tif": raster, ".tiff": raster, ".jp2": raster, ".vrt": raster, ".csv": table, ".json": table, ".zip": vector, ".omniproj": open, ".safetensors": {} }; // biome-ignore format: one line
if (values.files) {
  for (const name of readdirSync(values.files)) {
    const path = join(values.files, name);
    const asks = asksOf[extname(name)];
    if (asks && statSync(path).isFile())
      for (const [asked, ask] of Object.entries(asks)) print(line(await measured(name, asked, ask, path)));
  }
}

// Seeded damage: the worst of every kind, of those that were refused.
const asksOfKind: Readonly<Record<string, Record<string, Ask>>> = { tiff: raster, jp2: raster, vrt: raster, gpkg: vector, shp: vector, fgb: vector, parquet: vector, geojson: vector, kml: vector, "shp-zip": vector, csv: table, legend, tiles: shares, "model-package": model, project: open }; // biome-ignore format: one line
const mains: Readonly<Record<string, RegExp>> = { shp: /\.shp$/i, "model-package": /^(package\.zip|package\/)/, project: /omniproj$/ }; // biome-ignore format: one line
for (const kind of Object.keys(kinds)) {
  const asks = asksOfKind[kind];
  if (!asks || !values.only.split(",").some((word) => kind.includes(word))) {
    if (!asks) print(`<!-- ${kind} is not asked for -->`);
    continue;
  }
  const { seeds, mutate } = await loadKind(kind);
  const scratch = join(room, "seeds", kind);
  mkdirSync(scratch, { recursive: true });
  const own = await seeds(scratch);
  const worst = new Map<string, Cost[]>();
  for (let i = 0; i < Number(values.count); i++) {
    const random = randomOf(values.seed, kind, i);
    const folder = join(room, "case");
    const mutated = mutate(random.pick(own), random, own);
    for (const [name, bytes] of Object.entries(mutated)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    const main = Object.keys(mutated).find((name) => (mains[kind] ?? /./).test(name)) ?? Object.keys(mutated)[0]!;
    const path = kind === "project" ? folder : join(folder, kind === "model-package" ? main.split("/")[0]! : main);
    for (const [name, ask] of Object.entries(asks)) {
      const cost = await measured(`${kind}, ${values.count} damaged`, name, ask, path);
      if (cost.answer !== "read") worst.set(name, [...(worst.get(name) ?? []), cost]);
    }
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  }
  for (const [name, costs] of worst) {
    const most = (of: (cost: Cost) => number) => costs.reduce((a, b) => (of(b) > of(a) ? b : a));
    const [slowest, working, holding] = [most(({ seconds }) => seconds), most(({ work }) => work), most(({ memory }) => memory)]; // biome-ignore format: one line
    const raw = costs.filter(({ answer }) => answer.startsWith("RAW")).length;
    print(line({ ...slowest, ask: name, answer: `${costs.length} refused${raw ? `, ${raw} RAW` : ""}; ${working.answer}`, work: working.work, memory: holding.memory })); // biome-ignore format: one line
  }
}
catalog.close();
process.exit(0);
