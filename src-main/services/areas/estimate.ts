import { type AreaSample, type AreaUnit, cannotTell, otherClass } from "../../../src-shared/domain/area-sample.ts";
import type { MapProduct } from "../../../src-shared/domain/map-product.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import type { AreaEstimate, SampleSummary } from "../../../src-shared/ipc/areas.ts";
import { estimateSample, type SampledStratum } from "../../learning/index.ts";
import { openRaster, requireGeobox, transformer } from "../../raster/index.ts";
import { legendOfFile } from "../maps/legend.ts";

/** A sample as lists show it, from places that were read. */
const summaryOf = (sample: AreaSample, units: readonly AreaUnit[]): SampleSummary => ({
  ...sample,
  places: units.length,
  answered: units.filter(({ answer }) => answer !== null).length,
  cannotTell: units.filter(({ answer }) => answer === cannotTell).length,
});

/** Side of the squares in which another map is read, in pixels: that of its blocks. */
const squareSide = 512;

/** A unit's class on a map: the place of a class of the sample, `elsewise` for another class, `unmapped` without any. */
type MapClass = number;

/**
 * What a sample says of the map it was drawn from. A simple or systematic sample is divided by the map's classes afterwards
 * (post-stratification, Olofsson et al. 2014); with too few answers for that all of it is one stratum.
 */
export function estimateOwn(sample: AreaSample, units: readonly AreaUnit[]): AreaEstimate {
  const { strata, mapName } = sample.design;
  const codes = strata.map(({ code }) => code);
  const classOf = (unit: AreaUnit): MapClass => codes.indexOf(unit.stratum);
  const post = estimated(sample, units, classOf, true);
  const found =
    sample.design.method !== "stratified" && post.missing.length > 0 ? estimated(sample, units, classOf, false) : post;
  return { ...found, map: { id: sample.mapId, name: mapName }, another: false };
}

/**
 * What the same places say of another map (Stehman 2014): their strata stay those of the map that they were drawn from. Classes are the
 * same where they have the same name.
 * @throws AppError "sample-apart-from-map", "map-files-missing"
 */
export async function estimateOther(
  sample: AreaSample,
  units: readonly AreaUnit[],
  map: MapProduct,
): Promise<AreaEstimate> {
  const { strata, grid, method } = sample.design;
  const named = new Map(strata.map(({ name }, k) => [name.trim().toLowerCase(), k]));
  const { classPath } = map.files;
  const legend = await legendOfFile(classPath).catch(() => {
    throw new AppError("map-files-missing", { name: map.name, path: classPath });
  });
  const [elsewise, unmapped] = [strata.length, strata.length + 1];
  const rowOf = new Map(legend.map(({ code, name }) => [code, named.get(name.trim().toLowerCase()) ?? elsewise]));
  const raster = await openRaster(classPath);
  const found = new Map<number, MapClass>();
  /** by square of the map, which is read once: its places and the pixels they lie in */
  const squares = new Map<string, { readonly position: number; readonly u: number; readonly v: number }[]>();
  try {
    const own = requireGeobox(raster);
    const toPixel = invert(own.affine);
    const move = own.crs === grid.crs ? undefined : transformer(grid.crs, own.crs).forward;
    for (const { position, col, row } of units) {
      const [x, y] = apply(grid.affine, col + 0.5, row + 0.5);
      const [u, v] = apply(toPixel, ...(move ? move(x, y) : ([x, y] as const))).map(Math.floor) as [number, number];
      found.set(position, unmapped);
      if (u < 0 || v < 0 || u >= own.width || v >= own.height) continue;
      const square = `${Math.floor(u / squareSide)} ${Math.floor(v / squareSide)}`;
      squares.set(square, [...(squares.get(square) ?? []), { position, u, v }]);
    }
    for (const [square, places] of squares) {
      const [col, row] = square.split(" ").map((n) => Number(n) * squareSide) as [number, number];
      const window = { col, row, width: Math.min(squareSide, own.width - col), height: Math.min(squareSide, own.height - row) }; // biome-ignore format: one line
      const [codes] = (await raster.readWindow(window, { bands: [1] })).bands;
      for (const { position, u, v } of places) {
        const code = codes![(v - row) * window.width + u - col]!;
        if (code !== 0) found.set(position, rowOf.get(code) ?? elsewise);
      }
    }
  } finally {
    raster.close();
  }
  if ([...found.values()].every((row) => row === unmapped))
    throw new AppError("sample-apart-from-map", { sample: sample.name, map: map.name });
  const estimate = estimated(sample, units, ({ position }) => found.get(position)!, method === "stratified");
  return {
    ...estimate,
    // Hectares of the classes of another map are counted over its own area, which may be another one.
    // Its places were drawn with unlike chances, so that their number alone says nothing.
    classes: estimate.classes.map((own) => ({ ...own, mappedHectares: null, noErrorIn: null })),
    map: { id: map.id, name: map.name },
    another: true,
  };
}

function estimated(
  sample: AreaSample,
  units: readonly AreaUnit[],
  mapClass: (unit: AreaUnit) => MapClass,
  divided: boolean,
): Omit<AreaEstimate, "map" | "another"> {
  const { strata, squareMetersPerPixel, method } = sample.design;
  const classes = strata.length;
  const empty = () => Array.from({ length: classes + 2 }, () => new Array<number>(classes + 1).fill(0));
  const sampled = divided
    ? strata.map(({ pixels }) => ({ size: pixels, counts: empty() }))
    : [{ size: strata.reduce((sum, { pixels }) => sum + pixels, 0), counts: empty() }];
  const codes = strata.map(({ code }) => code);
  // A stratum that nobody could tell, of which no more answers come, is no part of what is estimated: the others are (Cochran 1977, chapter 13).
  const untold =
    divided && method === "stratified"
      ? strata.flatMap(({ code, pixels }, h) => (isUntold(code, pixels, units) ? [h] : []))
      : [];
  for (const h of untold) sampled[h] = { size: 0, counts: empty() };
  const all = empty();
  let used = 0;
  for (const unit of units) {
    const { answer, stratum } = unit;
    if (answer === null || answer === cannotTell) continue;
    const column = answer === otherClass ? classes : codes.indexOf(answer);
    const row = mapClass(unit);
    const own = divided ? codes.indexOf(stratum) : 0;
    // A project of a stranger may say what is in no class of its sample.
    if (column < 0 || row < 0 || own < 0 || untold.includes(own)) continue;
    sampled[own]!.counts[row]![column]! += 1;
    all[row]![column]! += 1;
    used++;
  }
  // The formula of random draws is wide enough for a grid of places, so its figures are not narrowed further.
  const found = estimateSample(sampled satisfies readonly SampledStratum[], classes, method !== "systematic");
  const missing =
    "missing" in found ? (divided ? found.missing.map((h) => strata[h]!.name) : strata.map(({ name }) => name)) : [];
  const hectaresOf = (pixels: number) => (pixels * squareMetersPerPixel) / 10_000;
  const hectares = hectaresOf(strata.reduce((sum, { pixels }, h) => sum + (untold.includes(h) ? 0 : pixels), 0));
  const figures = "missing" in found ? undefined : found;
  const sum = (row: readonly number[] = []) => row.reduce((total, count) => total + count, 0);
  const column = (k: number) => all.reduce((total, row) => total + row[k]!, 0);
  const figuresOf = (k: number) => {
    const own = figures?.classes[k];
    const places = sum(all[k]);
    return {
      // Of a class that was sampled whole nothing is left to be wrong.
      noErrorIn:
        own && k < classes && places > 0 && all[k]![k] === places && places < strata[k]!.pixels ? places : null,
      hectares: own ? { value: own.share.value * hectares, error: own.share.error * hectares } : null,
      usersAccuracy: own?.usersAccuracy ?? null,
      producersAccuracy: own?.producersAccuracy ?? null,
      reference: column(k),
    };
  };
  const other = column(classes) > 0;
  return {
    sample: summaryOf(sample, units),
    used,
    unmapped: sum(all[classes + 1]),
    hectares,
    missing,
    untold: untold.map((h) => ({ name: strata[h]!.name, hectares: hectaresOf(strata[h]!.pixels) })),
    overallAccuracy: figures?.overallAccuracy ?? null,
    classes: [
      ...strata.map(({ pixels, expected: _, ...look }, k) => ({
        ...look,
        mappedHectares: hectaresOf(pixels),
        mapped: sum(all[k]),
        ...figuresOf(k),
      })),
      ...(other
        ? [
            {
              code: otherClass,
              name: "other",
              color: "#888888",
              mappedHectares: null,
              mapped: sum(all[classes]),
              ...figuresOf(classes),
              producersAccuracy: null,
            },
          ]
        : []),
    ],
    matrix: all.slice(0, classes + 1).map((row) => row.slice(0, other ? classes + 1 : classes)),
  };
}

/** All places of a class of the map are answered, and fewer than two of them could be told. */
function isUntold(code: number, pixels: number, units: readonly AreaUnit[]): boolean {
  const own = units.filter(({ stratum }) => stratum === code);
  const told = own.filter(({ answer }) => answer !== cannotTell).length;
  return own.length > 1 && told < 2 && told < pixels && own.every(({ answer }) => answer !== null);
}
