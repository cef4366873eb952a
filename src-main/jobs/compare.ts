import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ChangeClass, ComparedMap, CompareResult, CompareSpec } from "../../src-shared/domain/job.ts";
import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { apply, invert } from "../../src-shared/geo/affine.ts";
import { intersection } from "../../src-shared/geo/bounds.ts";
import { boundsOf, type GeoBox, geoboxOfWindow, resolutionOf, windowCovering } from "../../src-shared/geo/geobox.ts";
import { clip, type PixelWindow } from "../../src-shared/geo/window.ts";
import { dataRegion, PatchSet, readingWindows } from "../cube/index.ts";
import { writeWhole } from "../files/index.ts";
import { createCog, openRaster, type Raster, requireGeobox, type TypedArray } from "../raster/index.ts";
import { squareMetersPerUnit } from "../vector/geometry/true-area.ts";
import { classQml, classSld } from "../vector/styles/index.ts";
import type { JobContext } from "./context.ts";

/** Values of the difference layer: nothing to compare, no change, then one code per kind of change, the commonest first. */
const nothing = 0;
const unchanged = 1;
const firstChange = 2;
/** what is too rare for a code of its own */
const otherChange = 254;

const pixelsAtOnce = 1 << 22;

/**
 * Class changes between two maps, where they overlap: a matrix of pixels (from in rows, to in columns) and a layer that
 * shows it. Two passes of windows over what the files store; the memory is that of a window and of the matrix. Classes are the
 * same when their names are.
 */
export async function compareMaps(spec: CompareSpec, context: JobContext): Promise<CompareResult> {
  const { signal, phase } = context;
  const first = await openRaster(spec.from.classPath);
  const second = await openRaster(spec.to.classPath);
  try {
    const common = commonGrid(spec, requireGeobox(first), requireGeobox(second));
    const counter = new PairCounter(spec.from.legend, spec.to.legend);
    const regions = [first, second].map((raster) => dataRegion(raster, windowIn(raster, common), signal));
    const stored = PatchSet.union(await Promise.all(regions));
    let counted = 0;
    for (const window of readingWindows(stored, pixelsAtOnce)) {
      signal.throwIfAborted();
      counter.add(...(await readBoth(first, second, common, window, signal)));
      counted += window.width * window.height;
      phase("Counting", counted / stored.size);
    }
    const { counts, onlyFrom, onlyTo } = counter;
    const classes = changeClasses(spec.from, spec.to, counts);
    const path = join(spec.folder, "difference.tif");
    await writeDifference(
      path,
      spec,
      common,
      classes,
      async (window) => (stored.touches(window) ? readBoth(first, second, common, window, signal) : undefined),
      context,
    );
    const qmlPath = join(spec.folder, "difference.qml");
    const sldPath = join(spec.folder, "difference.sld");
    await writeWhole(qmlPath, classQml(classes));
    await writeWhole(sldPath, classSld("difference", classes));
    return {
      path,
      qmlPath,
      sldPath,
      sidecarPaths: [`${path}.aux.xml`].filter((file) => existsSync(file)),
      area: common,
      from: spec.from.legend,
      to: spec.to.legend,
      counts,
      squareMetersPerPixel: squareMetersPerPixel(common),
      onlyFrom,
      onlyTo,
      classes,
    };
  } finally {
    first.close();
    second.close();
  }
}

/** The overlap on the first map's grid; the second has to lie on the same one. */
function commonGrid({ from, to }: CompareSpec, first: GeoBox, second: GeoBox): GeoBox {
  const names = { from: from.name, to: to.name };
  const [p, q] = [resolutionOf(first), resolutionOf(second)];
  const [col, row] = apply(invert(first.affine), second.affine.a, second.affine.d);
  const whole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-3;
  const alike = first.crs === second.crs && Math.abs(p.x / q.x - 1) < 1e-6 && Math.abs(p.y / q.y - 1) < 1e-6;
  if (!alike || !whole(col) || !whole(row)) throw new AppError("maps-on-other-grids", names);
  const bounds = intersection(boundsOf(first), boundsOf(second));
  const window = bounds && clip(windowCovering(first, bounds), first.width, first.height);
  if (!window) throw new AppError("maps-apart", names);
  return geoboxOfWindow(first, window);
}

/** Where the common grid lies in one of the maps. */
function windowIn(raster: Raster, { affine, width, height }: GeoBox): PixelWindow {
  const [col, row] = apply(invert(requireGeobox(raster).affine), affine.a, affine.d);
  return { col: Math.round(col), row: Math.round(row), width, height };
}

async function readBoth(
  first: Raster,
  second: Raster,
  common: GeoBox,
  window: PixelWindow,
  signal: AbortSignal,
): Promise<[TypedArray, TypedArray]> {
  const read = async (raster: Raster): Promise<TypedArray> => {
    const { col, row } = windowIn(raster, common);
    const own = { ...window, col: window.col + col, row: window.row + row };
    return (await raster.readWindow(own, { bands: [1], signal })).bands[0]!;
  };
  return [await read(first), await read(second)];
}

/** Counts pairs of classes. What is no class of its legend is nothing. */
class PairCounter {
  readonly counts: number[][];
  onlyFrom = 0;
  onlyTo = 0;
  readonly #rows: Int16Array;
  readonly #columns: Int16Array;

  constructor(from: readonly LegendClass[], to: readonly LegendClass[]) {
    this.counts = from.map(() => to.map(() => 0));
    this.#rows = positionsOf(from);
    this.#columns = positionsOf(to);
  }

  add(p: TypedArray, q: TypedArray): void {
    for (let i = 0; i < p.length; i++) {
      const row = this.#rows[p[i]!]!;
      const column = this.#columns[q[i]!]!;
      if (row >= 0 && column >= 0) this.counts[row]![column]!++;
      else if (row >= 0) this.onlyFrom++;
      else if (column >= 0) this.onlyTo++;
    }
  }
}

function positionsOf(legend: readonly LegendClass[]): Int16Array {
  const positions = new Int16Array(256).fill(-1);
  for (const [index, { code }] of legend.entries()) positions[code] = index;
  return positions;
}

const sameClass = (p: LegendClass, q: LegendClass): boolean => p.name.toLowerCase() === q.name.toLowerCase();

/** The legend of the difference layer: what stayed, then every change that occurs, the commonest first. */
export function changeClasses(
  { legend: from }: Pick<ComparedMap, "legend">,
  { legend: to }: Pick<ComparedMap, "legend">,
  counts: readonly (readonly number[])[],
): ChangeClass[] {
  const pairs = from.flatMap((p, i) => to.map((q, j) => ({ p, q, pixels: counts[i]![j]! })));
  const stayed = pairs.filter(({ p, q }) => sameClass(p, q)).reduce((sum, { pixels }) => sum + pixels, 0);
  const changed = pairs
    .filter(({ p, q, pixels }) => pixels > 0 && !sameClass(p, q))
    .sort((a, b) => b.pixels - a.pixels);
  const room = otherChange - firstChange;
  const own = changed.length > room + 1 ? changed.slice(0, room) : changed;
  const rest = changed.slice(own.length);
  const seen = new Map<string, number>();
  return [
    { code: unchanged, name: "unchanged", color: "#d5d8dc", from: null, to: null, pixels: stayed },
    ...own.map(({ p, q, pixels }, i): ChangeClass => {
      // The new class's colour; a second change to the same class is darker, so that they can be distinguished.
      const before = seen.get(q.color) ?? 0;
      seen.set(q.color, before + 1);
      const color = darker(q.color, 0.82 ** before);
      return { code: firstChange + i, name: `${p.name} → ${q.name}`, color, from: p.code, to: q.code, pixels };
    }),
    ...(rest.length > 0
      ? [
          {
            code: otherChange,
            name: "other changes",
            color: "#7a7f87",
            from: null,
            to: null,
            pixels: rest.reduce((sum, { pixels }) => sum + pixels, 0),
          },
        ]
      : []),
  ];
}

function darker(color: string, share: number): string {
  const hex = (value: number) => Math.round(value * share).toString(16).padStart(2, "0"); // biome-ignore format: one line
  return `#${rgbOf(color).map(hex).join("")}`;
}

async function writeDifference(
  path: string,
  { from, to }: CompareSpec,
  geobox: GeoBox,
  classes: readonly ChangeClass[],
  read: (window: PixelWindow) => Promise<[TypedArray, TypedArray] | undefined>,
  { signal, phase }: JobContext,
): Promise<void> {
  const codeOf = new Uint8Array(256 * 256);
  const other = classes.some(({ code, to: target }) => code === otherChange && target === null) ? otherChange : nothing;
  for (const p of from.legend)
    for (const q of to.legend) codeOf[p.code * 256 + q.code] = sameClass(p, q) ? unchanged : other;
  for (const { code, from: p, to: q } of classes) if (p !== null && q !== null) codeOf[p * 256 + q] = code;
  const colors = Array.from({ length: 256 }, (_, code): [number, number, number, number] => {
    const found = classes.find((each) => each.code === code);
    return found ? [...rgbOf(found.color), 255] : [0, 0, 0, 0];
  });
  const last = Math.max(...classes.map(({ code }) => code));
  const names = Array.from({ length: last + 1 }, (_, code) =>
    code === nothing ? "no data" : (classes.find((each) => each.code === code)?.name ?? ""),
  );
  await createCog(
    path,
    {
      geobox,
      bandCount: 1,
      dataType: "uint8",
      nodata: nothing,
      bandNames: ["change"],
      categoryNames: names,
      colorTable: colors,
      overviewMethod: "mode",
      metadata: { FROM: from.name, TO: to.name },
    },
    async (window) => {
      const both = await read(window);
      if (!both) return undefined;
      const [p, q] = both;
      return [Uint8Array.from(p, (value, i) => codeOf[value * 256 + q[i]!]!)];
    },
    { signal, onProgress: (fraction) => phase("Writing", fraction) },
  );
}

function squareMetersPerPixel(grid: GeoBox): number {
  const { minX, minY, maxX, maxY } = boundsOf(grid);
  const { x, y } = resolutionOf(grid);
  return x * y * squareMetersPerUnit(grid.crs, (minX + maxX) / 2, (minY + maxY) / 2);
}
