import { resolve } from "node:path";
import { z } from "zod";
import type { ProjectGrid } from "../../../src-shared/domain/job.ts";
import { defaultColor, type LegendClass } from "../../../src-shared/domain/legend.ts";
import { tilesDefaults } from "../../../src-shared/domain/recipe.ts";
import type { NewTile } from "../../../src-shared/domain/tile-label.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Reason, reason } from "../../../src-shared/errors/reasons/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import type { TileDrop, TileImportReport } from "../../../src-shared/ipc/tiles.ts";
import type { Catalog, Legend } from "../../catalog/index.ts";
import { transformer } from "../../raster/index.ts";
import {
  boundsOfGeometry,
  type Geometry,
  isPolygonal,
  type Polygonal,
  type Position,
  readInSubprocess,
  signedRingArea,
  type TileEntry,
  transformGeometry,
} from "../../vector/index.ts";
import { freeCode, freeColor } from "../labels/classes.ts";
import { filePath } from "../path-gate.ts";
import { knownCrs } from "../rasters/info.ts";
import { NameIndex, stemOf } from "./names.ts";

export const tileImportSchema = z.strictObject({
  path: filePath,
  layer: z.string().min(1).optional(),
  crs: z.string().min(1).optional(),
  key: z.string().min(1).optional(),
  columns: z.array(z.string().min(1)).min(1).optional(),
  unit: z.enum(["auto", "fraction", "percent"]).default("auto"),
  legend: z.string().trim().min(1).max(200).default("tiles"),
  /** name in the file → class; `null` ignores it */
  classes: z.record(z.string(), z.string().min(1).nullable()).default({}),
  shareThreshold: z.number().min(0).lt(1).default(tilesDefaults.shareThreshold),
  /** forgets the tiles there are */
  replace: z.boolean().default(false),
});
type Request = z.output<typeof tileImportSchema>;

export interface PreparedTiles {
  readonly report: TileImportReport;
  readonly legend: readonly LegendClass[];
  readonly tiles: readonly NewTile[];
}

/** Shares may sum to this much above 1 without a word: they are often rounded. */
const slack = 0.05;
/** Where maps of a source overlap, a class may cover a tile more than once (TreeSatAI: up to twice); more is no share. */
const mostShare = 5;
const examplesKept = 20;

/** Reads a file of tile labels and says what becomes of every entry. Changes nothing. */
export async function prepareTiles(catalog: Catalog, request: Request): Promise<PreparedTiles> {
  const { path, layer, crs, key, columns, shareThreshold } = request;
  const options = {
    ...(layer === undefined ? {} : { layer }),
    ...(crs === undefined ? {} : { crs: knownCrs(crs) }),
    ...(key === undefined ? {} : { key }),
    ...(columns === undefined ? {} : { columns }),
  };
  const read = await readInSubprocess("tiles", { path: resolve(path), options });
  const { grid } = catalog.project.get();
  const percent = !read.listed && isPercent(read.entries, request.unit);
  const drops = new Drops();
  const notes = new Notes();
  const known = catalog.legends.list().find(({ name }) => name === request.legend);
  const classes = new Classes(known, request.classes);

  const { placeOf, imagesWithout } = places(catalog, grid, { path, ...read });
  const names = new Set<string>();
  const spots = new Map<string, string>();
  const tiles: NewTile[] = [];
  const found = read.entries.map((entry, index) => ({ bad: badShare(entry, percent), place: placeOf(index) }));
  // New classes are numbered by the alphabet, not by which tile comes first.
  const titles = read.entries.flatMap(({ shares }, index) =>
    found[index]!.bad === null && !("reason" in found[index]!.place) ? [...shares.keys()] : [],
  );
  for (const title of [...new Set(titles)].toSorted()) classes.codeOf(title);
  for (const [index, entry] of read.entries.entries()) {
    const name = entry.key.trim();
    const drop = (reason: TileDrop, detail: string | null = null) => drops.add(reason, name || `#${index + 1}`, detail);
    const { bad, place } = found[index]!;
    if (bad !== null) {
      drop("bad-share", bad);
      continue;
    }
    if ("reason" in place) {
      drop(place.reason, place.detail);
      continue;
    }
    if (names.has(stemOf(name)) || name === "") {
      drop("same-key");
      continue;
    }
    const shares: Record<string, number> = {};
    let [sum, ignored] = [0, 0];
    for (const [title, value] of entry.shares) {
      const code = classes.codeOf(title);
      if (code === null) {
        ignored++;
        continue;
      }
      const share = percent ? value / 100 : value;
      sum += share;
      if (share > 1 + slack) notes.add("share-above-one", `${name}: ${title} ${Number(share.toFixed(3))}`);
      shares[code] = Math.min(1, (shares[code] ?? 0) + share);
    }
    if (ignored > 0 && ignored === entry.shares.size) {
      drop("ignored");
      continue;
    }
    const spot = `${place.x} ${place.y} ${JSON.stringify(shares)}`;
    const twin = spots.get(spot);
    if (twin !== undefined) {
      drop("same-place", twin);
      continue;
    }
    spots.set(spot, name);
    names.add(stemOf(name));
    if (!read.listed && sum > 1 + slack) notes.add("sum-above-one", `${name}: ${Number(sum.toFixed(3))}`);
    if (Object.keys(shares).length === 0) notes.add("no-share", name);
    if (entry.repeated) notes.add("repeated-class", name);
    if (place.moved) notes.add("moved-footprint", `${name}: ${place.moved}`);
    tiles.push({
      key: name,
      coordinates: place.coordinates,
      x: place.x,
      y: place.y,
      shares,
      properties: entry.properties,
    });
  }
  const legend = classes.legend();
  const present = (code: number) => tiles.filter(({ shares }) => (shares[code] ?? 0) > shareThreshold).length;
  const report: TileImportReport = {
    source: read.source,
    unit: read.listed ? "listed" : percent ? "percent" : "fraction",
    total: read.entries.length,
    used: tiles.length,
    dropped: drops.list(),
    notes: notes.list(),
    imagesWithout,
    shareThreshold,
    classes: legend
      .map((entry) => {
        const own = tiles.flatMap(({ shares }) => shares[entry.code] ?? []);
        const meanShare = own.length === 0 ? 0 : own.reduce((sum, share) => sum + share, 0) / own.length;
        return { ...entry, tiles: own.length, present: present(entry.code), meanShare };
      })
      .filter((entry) => entry.tiles > 0),
  };
  return { report, legend: legend.filter(({ code }) => report.classes.some((own) => own.code === code)), tiles };
}

/** Why nothing is left, with how many of each. */
export const reasonsOf = ({ dropped }: TileImportReport): Reason[] =>
  dropped.map(({ reason: why, count }) => reason("counted-drop", { count, why: reason(`tile-${why}`) }));

class Drops {
  readonly #groups = new Map<TileDrop, { count: number; examples: { key: string; detail: string | null }[] }>();

  add(reason: TileDrop, key: string, detail: string | null): void {
    const group = this.#groups.get(reason) ?? { count: 0, examples: [] };
    group.count++;
    if (group.examples.length < examplesKept) group.examples.push({ key, detail });
    this.#groups.set(reason, group);
  }

  list(): TileImportReport["dropped"] {
    return [...this.#groups].map(([reason, group]) => ({ reason, ...group })).toSorted((p, q) => q.count - p.count);
  }
}

type NoteKind = TileImportReport["notes"][number]["what"];

class Notes {
  readonly #groups = new Map<NoteKind, { count: number; examples: string[] }>();

  add(what: NoteKind, example: string): void {
    const group = this.#groups.get(what) ?? { count: 0, examples: [] };
    group.count++;
    if (group.examples.length < examplesKept) group.examples.push(example);
    this.#groups.set(what, group);
  }

  list(): TileImportReport["notes"] {
    return [...this.#groups].map(([what, group]) => ({ what, ...group }));
  }
}

/** Names of a file as classes of a legend: known ones keep their number and colour, new ones get free ones. */
class Classes {
  readonly #known: readonly LegendClass[];
  readonly #mapping: ReadonlyMap<string, string | null>;
  readonly #found = new Map<string, LegendClass>();
  readonly #taken: Set<number>;
  readonly #colors: Set<string>;

  constructor(known: Legend | undefined, mapping: Readonly<Record<string, string | null>>) {
    this.#known = known?.classes ?? [];
    this.#mapping = new Map(Object.entries(mapping).map(([name, to]) => [wordOf(name), to]));
    this.#taken = new Set(this.#known.map(({ code }) => code));
    this.#colors = new Set(this.#known.map(({ color }) => color.toLowerCase()));
  }

  codeOf(title: string): number | null {
    const mapped = this.#mapping.get(wordOf(title));
    if (mapped === null) return null;
    const name = (mapped ?? title).trim();
    const word = wordOf(name);
    const before = this.#found.get(word);
    if (before) return before.code;
    const own = this.#known.find((entry) => wordOf(entry.name) === word);
    const code = own?.code ?? freeCode(this.#taken);
    const color = own?.color ?? freeColor(this.#colors, defaultColor(code - 1));
    this.#taken.add(code);
    this.#colors.add(color.toLowerCase());
    this.#found.set(word, own ?? { code, name, color });
    return code;
  }

  legend(): LegendClass[] {
    return [...this.#found.values()].toSorted((p, q) => p.code - q.code);
  }
}

const wordOf = (name: string): string => name.trim().toLowerCase();

/** Are the numbers percent? They are when some exceed what a fraction can be and tiles sum to about a hundred. */
function isPercent(entries: readonly TileEntry[], unit: Request["unit"]): boolean {
  if (unit !== "auto") return unit === "percent";
  const valid = entries.map(({ shares }) =>
    [...shares.values()].filter((value) => Number.isFinite(value) && value >= 0),
  );
  const sums = valid
    .filter((values) => values.length > 0)
    .map((values) => values.reduce((sum, value) => sum + value, 0));
  const above = sums.filter((sum) => sum > 2).length;
  const nearHundred = sums.filter((sum) => sum > 20 && sum <= 100 * (1 + slack)).length;
  return above > sums.length / 2 && nearHundred > sums.length / 2;
}

/** What is wrong with the numbers of an entry; `null`: nothing. */
function badShare({ shares }: TileEntry, percent: boolean): string | null {
  const most = mostShare * (percent ? 100 : 1);
  for (const [name, value] of shares) {
    if (!Number.isFinite(value)) return name === "?" ? "unreadable" : `${name}: no number`;
    if (value < 0 || value > most) return `${name}: ${value}`;
  }
  return null;
}

type Place =
  | {
      readonly x: number;
      readonly y: number;
      readonly coordinates: NewTile["coordinates"];
      /** how far the window's middle had to be moved, in words; nothing when it was not */
      readonly moved: string | null;
    }
  | { readonly reason: TileDrop; readonly detail: string | null };

/** Where each entry lies: its own footprint, or that of the image with its name. */
function places(
  catalog: Catalog,
  grid: ProjectGrid,
  {
    path,
    crs,
    entries,
  }: {
    readonly path: string;
    readonly crs: string | undefined;
    readonly entries: readonly (TileEntry & { readonly crs?: string })[];
  },
): { readonly placeOf: (index: number) => Place; readonly imagesWithout: number | null } {
  const byName = entries.some(({ geometry }) => geometry === undefined);
  const images = byName ? imagesOf(catalog, grid, entries) : undefined;
  return {
    imagesWithout: images ? images.without : null,
    placeOf: (index) => {
      const { geometry, crs: own } = entries[index]!;
      if (geometry === null) return { reason: "no-shape", detail: null };
      if (geometry !== undefined) {
        const from = own ?? crs;
        if (from === undefined) throw new AppError("labels-without-crs", { path });
        return placeOfGeometry(geometry, from, grid);
      }
      if (images!.ambiguous(index)) return { reason: "ambiguous", detail: null };
      const found = images!.of(index);
      if (found.length === 0) return { reason: "no-image", detail: null };
      const fitting = found.filter((place) => !("reason" in place));
      if (fitting.length === 0) return found[0]!;
      const [first, ...rest] = fitting as Exclude<Place, { reason: TileDrop }>[];
      // Pictures of one tile have one middle; elsewhere they are other tiles of the same name.
      const apart = rest.find(
        ({ x, y }) => Math.max(Math.abs(x - first!.x), Math.abs(y - first!.y)) > grid.patchMeters / 2,
      );
      return apart ? { reason: "ambiguous", detail: null } : first!;
    },
  };
}

function imagesOf(catalog: Catalog, grid: ProjectGrid, entries: readonly TileEntry[]) {
  const index = new NameIndex(entries.map(({ key }) => key));
  const found = new Map<number, Place[]>();
  let without = 0;
  for (const { path, crs, header } of catalog.rasters.list()) {
    const from = crs ?? header.crs;
    if (from === null || header.affine === null) continue;
    const entry = index.find(path);
    if (entry === undefined) {
      without++;
      continue;
    }
    const { affine, width, height } = header;
    const corners = [[0, 0], [width, 0], [width, height], [0, height], [0, 0]] as const; // biome-ignore format: one ring
    const ring = corners.map(([col, row]): Position => apply(affine, col, row) as unknown as Position);
    const place = placeOfGeometry({ type: "Polygon", coordinates: [ring] }, from, grid);
    // The picture whose side is the tile's comes first: 60 m of Sentinel-2 before 60.8 m of an aerial image.
    const own = found.get(entry) ?? [];
    if ("reason" in place || place.moved !== null) own.push(place);
    else own.unshift(place);
    found.set(entry, own);
  }
  return {
    without,
    of: (entry: number) => found.get(entry) ?? [],
    ambiguous: (entry: number) => !found.has(entry) && index.isAmbiguous(entries[entry]!.key),
  };
}

/**
 * The window of a footprint: a square of the project's tile size around its middle. A footprint that differs from it by more
 * than half a patch, or is no square, is another tile. A point is the middle of its tile.
 */
function placeOfGeometry(geometry: Geometry, from: string, grid: ProjectGrid): Place {
  const side = grid.tilePatches * grid.patchMeters;
  const { crs, affine, width, height } = grid.geobox;
  let moved: Geometry = geometry;
  if (from !== crs) {
    const { forward } = transformer(from, crs);
    moved = transformGeometry(geometry, (x, y) => forward(x, y));
  }
  const bounds = boundsOfGeometry(moved);
  if (!bounds || ![bounds.minX, bounds.minY, bounds.maxX, bounds.maxY].every(Number.isFinite))
    return { reason: bounds ? "outside" : "no-shape", detail: null };
  const [x, y] = [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2];
  const square = (half: number): NewTile["coordinates"] => [
    [[[x - half, y + half], [x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]]], // biome-ignore format: one ring
  ];
  let coordinates = square(side / 2);
  let odd: string | null = null;
  if (geometry.type !== "Point") {
    if (!isPolygonal(moved)) return { reason: "no-shape", detail: geometry.type };
    const [across, down] = [bounds.maxX - bounds.minX, bounds.maxY - bounds.minY];
    const area = areaOfPolygonal(moved);
    const long = Math.max(across, down) / Math.min(across, down);
    const size = Math.sqrt(area);
    const told = `${Number(across.toFixed(2))} × ${Number(down.toFixed(2))} m`;
    // In another system a square is turned a little: its frame is larger than it.
    if (!(area > 0.8 * across * down) || long > 1.1 || Math.abs(size - side) > grid.patchMeters / 2)
      return { reason: "other-size", detail: told };
    if (Math.abs(size - side) > 1e-3 * side) odd = told;
    coordinates = polygonsOf(moved);
  }
  const inside =
    x >= affine.a && x <= affine.a + affine.b * width && y <= affine.d && y >= affine.d + affine.f * height;
  if (!inside) return { reason: "outside", detail: null };
  // A millionth of a metre: what remains of a change of system and back.
  const exact = (value: number) => Math.round(value * 1e6) / 1e6;
  return { x: exact(x - side / 2), y: exact(y + side / 2), coordinates, moved: odd };
}

const polygonsOf = (geometry: Polygonal): NewTile["coordinates"] =>
  (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) as NewTile["coordinates"];

const areaOfPolygonal = (geometry: Polygonal): number =>
  polygonsOf(geometry).reduce(
    (sum, [outer, ...holes]) =>
      sum + Math.abs(signedRingArea(outer!)) - holes.reduce((all, hole) => all + Math.abs(signedRingArea(hole)), 0),
    0,
  );
