import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { zipOf } from "../../files/index.ts";
import { isGeographic, transformer } from "../../raster/index.ts";
import { readLegendHere } from "../../services/legends/files.ts";
import {
  areaOf,
  classQml,
  classSld,
  defectOf,
  isPolygonal,
  openFeatureSink,
  openFeatures,
  polygonQml,
  polygonSld,
  readTileShares,
  writeGeoPackage,
} from "../../vector/index.ts";
import type { CaseFiles, FuzzKind, Seed } from "../kind.ts";
import { damageBytes, spliced } from "../mutate/bytes.ts";
import { damageGeoPackage } from "../mutate/geopackage.ts";
import { oddValues } from "../mutate/json.ts";
import { damageText } from "../mutate/text.ts";
import { damageZip } from "../mutate/zip.ts";
import type { Random } from "../random.ts";

const fixtures = join(import.meta.dirname, "../../vector/fixtures");
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");

/** Files of a folder whose names end so, with the files beside a Shapefile. */
function seedsOf(folder: string, endings: readonly string[], name: (file: string) => string): Seed[] {
  const all = readdirSync(folder);
  return all
    .filter((file) => endings.includes(extname(file)))
    .sort()
    .map((file) => {
      const stem = basename(file, extname(file));
      const beside =
        extname(file) === ".shp" ? all.filter((other) => basename(other, extname(other)) === stem) : [file];
      return {
        name: file,
        files: Object.fromEntries(beside.map((part) => [name(part), new Uint8Array(readFileSync(join(folder, part)))])),
      };
    });
}

/** Reads every layer to its last shape, as an import of labels does. */
async function readAll(path: string): Promise<void> {
  const first = await openFeatures(path);
  for (const { name } of first.layers.slice(0, 5)) {
    const layer = await openFeatures(path, { layer: name });
    if (layer.crs !== undefined) {
      isGeographic(layer.crs);
      transformer(layer.crs, "EPSG:4326").forward(4, 50);
    }
    for (const { geometry, properties } of layer.features) {
      for (const field of layer.fields) void properties[field.name];
      if (geometry && isPolygonal(geometry)) {
        areaOf(geometry);
        if (JSON.stringify(geometry).length < 200_000) defectOf(geometry);
      }
    }
  }
}

const squares = [
  [0, 0],
  [30, 10],
  [60, 40],
].map(([dx, dy], i) => ({
  id: i + 1,
  properties: { class_name: ["wheat", "maïze", "=1+1"][i]!, area: 100.5 * i, code: i },
  geometry: {
    type: "Polygon" as const,
    coordinates: [
      [
        [574680 + dx!, 5621800 + dy!],
        [574700 + dx!, 5621800 + dy!],
        [574700 + dx!, 5621820 + dy!],
        [574680 + dx!, 5621820 + dy!],
        [574680 + dx!, 5621800 + dy!],
      ] as [number, number][],
    ],
  },
}));
const fields = [
  { name: "class_name", type: "text" },
  { name: "area", type: "number" },
  { name: "code", type: "integer" },
] as const;

const kind = (
  name: string,
  file: string,
  seeds: (scratch: string) => Seed[],
  mutate: (seed: Seed, random: Random, seeds: readonly Seed[]) => CaseFiles,
  read: (path: string) => void | Promise<void> = readAll,
): FuzzKind => ({
  name,
  async seeds(scratch) {
    return seeds(scratch);
  },
  mutate,
  async read(folder) {
    await read(join(folder, file));
  },
});

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** GeoPackages: rows, shapes and schema of a sound database, its pages, and words of its schema and of its blobs. */
export const gpkg = kind(
  "gpkg",
  "layer.gpkg",
  (scratch) => {
    const path = join(scratch, "own.gpkg");
    writeGeoPackage(path, { name: "fields", crs: "EPSG:32631", geometryType: "POLYGON", fields, features: squares });
    return [
      ...seedsOf(fixtures, [".gpkg"], () => "layer.gpkg").filter(({ files }) => files["layer.gpkg"]!.length < 300_000),
      { name: "own", files: { "layer.gpkg": new Uint8Array(readFileSync(path)) } },
    ];
  },
  (seed, random, seeds) => {
    const bytes = seed.files["layer.gpkg"]!;
    if (random.chance(0.05)) return { "layer.gpkg": spliced(bytes, random.pick(seeds).files["layer.gpkg"]!, random) };
    if (random.chance(0.6)) return { "layer.gpkg": damageGeoPackage(bytes, random) };
    if (random.chance(0.5)) return { "layer.gpkg": damageWords(bytes, random) };
    return { "layer.gpkg": damageBytes(bytes, random, 6) };
  },
);

/** Words of a schema or a header that are replaced by others of the same length, so that lengths before them stay right. */
function damageWords(bytes: Uint8Array, random: Random): Uint8Array {
  const out = bytes.slice();
  const words = ["features", "gpkg_contents", "gpkg_geometry_columns", "table_name", "srs_id", "EPSG", "POLYGON", "INTEGER", "CREATE TABLE", "geom", "GP", "organization", "BLOB", "PRIMARY KEY", "SELECT", "WHERE"]; // biome-ignore format: one line
  const buffer = Buffer.from(out.buffer);
  for (let i = 0; i < 1 + random.below(4); i++) {
    const word = random.pick(words);
    let at = buffer.indexOf(word, random.below(buffer.length), "latin1");
    if (at < 0) at = buffer.indexOf(word, 0, "latin1");
    if (at < 0) continue;
    if (word === "GP") {
      // a geometry: its header, its counts, its numbers
      const place = at + random.below(120);
      if (place < out.length) out[place] = random.below(256);
    } else buffer.write(random.pick(words).padEnd(word.length, " ").slice(0, word.length), at, "latin1");
  }
  return random.chance(0.3) ? damageBytes(out, random, 2) : out;
}

/** Shapefiles with their side files, of which some are missing, damaged, or another's; and zipped. */
export const shapefile = kind(
  "shp",
  "layer.shp",
  (scratch) => {
    const path = join(scratch, "own.shp");
    const sink = openFeatureSink(path, "shp", { name: "own", crs: "EPSG:32631", fields });
    for (const square of squares) sink.add(square);
    sink.finish();
    const name = (file: string) => `layer${extname(file).toLowerCase()}`;
    return [...seedsOf(fixtures, [".shp"], name), ...seedsOf(scratch, [".shp"], name)];
  },
  (seed, random, seeds) => {
    const files: Record<string, Uint8Array> = {};
    for (const [name, bytes] of Object.entries(seed.files)) {
      if (name !== "layer.shp" && random.chance(0.1)) continue;
      const other = random.pick(seeds).files[name];
      const textual = name.endsWith(".prj") || name.endsWith(".cpg");
      if (random.chance(0.05) && other) files[name] = other;
      else if (random.chance(0.5))
        files[name] = textual ? damageText(text(bytes), random) : damageBytes(bytes, random, 5);
      else files[name] = bytes;
    }
    if (random.chance(0.05)) files["layer.cpg"] = damageText("<html><body>404 Not Found</body></html>", random);
    return files;
  },
);

export const zipped = kind(
  "shp-zip",
  "layer.zip",
  () => {
    const name = (file: string) => `layer${extname(file).toLowerCase()}`;
    return seedsOf(fixtures, [".shp"], name).map(({ name: seed, files }) => ({
      name: seed,
      files: { ...files, "layer.zip": zipOf(Object.entries(files).map(([file, bytes]) => ({ name: file, bytes }))) },
    }));
  },
  (seed, random) => {
    // Half of the archives are sound, and what lies in them is not.
    const files = Object.fromEntries(Object.entries(seed.files).filter(([name]) => name !== "layer.zip"));
    if (random.chance(0.5)) return { "layer.zip": damageZip(seed.files["layer.zip"]!, random) };
    const entries = Object.entries(files).flatMap(([name, bytes]) =>
      random.chance(0.05) ? [] : [{ name, bytes: random.chance(0.5) ? damageBytes(bytes, random, 4) : bytes }],
    );
    return { "layer.zip": zipOf(entries) };
  },
);

export const geojson = kind(
  "geojson",
  "layer.geojson",
  () => [
    ...seedsOf(fixtures, [".geojson"], () => "layer.geojson").filter(
      ({ files }) => files["layer.geojson"]!.length < 40_000,
    ),
    ...seedsOf(sample, [".geojson"], () => "layer.geojson").filter(
      ({ files }) => files["layer.geojson"]!.length < 80_000,
    ),
  ],
  (seed, random) => {
    const json = text(seed.files["layer.geojson"]!);
    // Most cases stay JSON: what is wrong is what stands in it.
    const keeps = random.chance(0.7) && isJson(json);
    return { "layer.geojson": keeps ? new TextEncoder().encode(oddValues(json, random)) : damageText(json, random, 4) };
  },
);

/** Some seeds are broken ones. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A file of bytes alone: places, lengths and counts of it, or the end of another one. */
const ofBytes = (name: string, file: string, ending: string): FuzzKind =>
  kind(
    name,
    file,
    () => seedsOf(fixtures, [ending], () => file),
    (seed, random, seeds) => {
      const bytes = seed.files[file]!;
      const other = random.pick(seeds).files[file]!;
      return { [file]: random.chance(0.05) ? spliced(bytes, other, random) : damageBytes(bytes, random, 6) };
    },
  );

export const flatGeobuf = ofBytes("fgb", "layer.fgb", ".fgb");
export const geoParquet = ofBytes("parquet", "layer.parquet", ".parquet");

const kmlText = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<Schema name="s" id="s"><SimpleField name="n" type="int"/></Schema><NetworkLink><name>far</name><Region><LatLonAltBox><north>1</north><south>0</south></LatLonAltBox></Region></NetworkLink>
<Folder><name>crops &amp; more</name><Placemark id="a"><name>wheat</name><description><![CDATA[<b>x</b>]]></description><TimeSpan><begin>2019</begin></TimeSpan>
<ExtendedData><Data name="class"><value>wheat</value></Data><SchemaData schemaUrl="#s"><SimpleData name="n">5</SimpleData></SchemaData></ExtendedData>
<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>4,50,0 4.1,50,0 4.1,50.1,0 4,50.1,0 4,50,0</coordinates></LinearRing></outerBoundaryIs></Polygon><Point><coordinates>4,50</coordinates></Point></MultiGeometry></Placemark>
<Placemark><gx:Track><gx:coord>4 50 0</gx:coord><gx:coord>4.1 50 0</gx:coord></gx:Track></Placemark></Folder></Document></kml>`;

/** KML, and the same as KMZ. */
export const kml: FuzzKind = {
  name: "kml",
  async seeds(scratch) {
    writeFileSync(join(scratch, "own.kml"), kmlText);
    return [...seedsOf(fixtures, [".kml"], () => "layer.kml"), ...seedsOf(scratch, [".kml"], () => "layer.kml")];
  },
  mutate(seed, random) {
    const bytes = seed.files["layer.kml"]!;
    const damaged = random.chance(0.8) ? damageText(text(bytes), random, 4) : bytes;
    if (!random.chance(0.25)) return { "layer.kml": damaged };
    const archive = zipOf([{ name: "doc.kml", bytes: damaged }]);
    return { "layer.kmz": random.chance(0.7) ? damageZip(archive, random) : archive };
  },
  async read(folder, files) {
    await readAll(join(folder, files[0]!));
  },
};

const tables = [
  'lon,lat,class\n4.1,50.2,wheat\n4.2,50.3,"maize, sweet"\n4.3,50.4,grass\n',
  "x;y;epsg;klasse\n100000,5;200000,25;31370;tarwe\n100100,5;200100,25;31370;gras\n",
  'id\tWKT\tclass\n1\t"POLYGON((4 50,4.1 50,4.1 50.1,4 50))"\twheat\n2\tPOINT (4 50)\tgrass\n',
  "lat,lon,class\n50°12'30\"N,4°6'0\"E,wheat\n50°13'N,4°7'E,grass\n",
];

export const csv = kind(
  "csv",
  "layer.csv",
  () => tables.map((table, i) => ({ name: `table ${i + 1}`, files: { "layer.csv": new TextEncoder().encode(table) } })),
  (seed, random) => ({ "layer.csv": damageText(text(seed.files["layer.csv"]!), random, 4) }),
);

const wheat = { code: 1, name: "wheat & more", color: "#aabbcc" };
const legends: Readonly<Record<string, string>> = {
  "polygons.qml": polygonQml("class", [wheat]),
  "polygons.sld": polygonSld("crops", "class", [wheat]),
  "classes.qml": classQml([wheat, { code: 7, name: "maize", color: "#010203" }]),
  "classes.sld": classSld("crops", [wheat]),
  "classes.json": JSON.stringify({ name: "crops", classes: [wheat, { name: "maize", source_code: "7" }] }),
  "classes.clr": "1 0 100 0\n2 255 187 34\n",
  "colors.txt":
    "# QGIS Generated Color Map Export File\nINTERPOLATION:EXACT\n1,0,100,0,255,wheat\n2,255,187,34,255,maize\n",
  "classes.csv": "code,name,color,parent\n1,wheat,#aabbcc,crops\n2,maize,#010203,crops\n",
};

/** Legends: styles of QGIS and of the OGC, JSON and tables. */
export const legend: FuzzKind = {
  name: "legend",
  seeds: async () =>
    Object.entries(legends).map(([name, words]) => ({ name, files: { [name]: new TextEncoder().encode(words) } })),
  mutate(seed, random) {
    const words = text(seed.files[seed.name]!);
    const odd = seed.name.endsWith(".json") && random.chance(0.7);
    return { [seed.name]: odd ? new TextEncoder().encode(oddValues(words, random)) : damageText(words, random, 4) };
  },
  async read(folder, files) {
    readLegendHere(join(folder, files[0]!));
  },
};

const shares = [
  JSON.stringify({ "tile_1.tif": { Betula: 0.53, Quercus: 0.18 }, "tile_2.tif": { Quercus: 1 } }),
  JSON.stringify({
    "tile_1.tif": [
      ["Betula", 0.5],
      ["Quercus", 0.2],
    ],
    "tile_2.tif": [],
  }),
  JSON.stringify([
    { file: "tile_1.tif", labels: ["a", "b"] },
    { file: "tile_2.tif", labels: ["c"] },
  ]),
];

/** Labels of whole tiles. */
export const tiles = kind(
  "tiles",
  "labels.json",
  () =>
    shares.map((words, i) => ({ name: `shares ${i + 1}`, files: { "labels.json": new TextEncoder().encode(words) } })),
  (seed, random) => {
    const words = text(seed.files["labels.json"]!);
    return {
      "labels.json": random.chance(0.7)
        ? new TextEncoder().encode(oddValues(words, random))
        : damageText(words, random, 4),
    };
  },
  (path) => {
    readTileShares(path);
  },
);
