import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import RBush from "rbush";
import type { SetRule } from "../../src-shared/domain/calibration.ts";
import {
  type Finding,
  findingSentence,
  inOrderOfSeverity,
  isFinding,
  severityOf,
} from "../../src-shared/domain/finding.ts";
import type { MapFiles, MapPlace, MapResult, MapSpec } from "../../src-shared/domain/job.ts";
import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import { confidenceScale, noShare, probabilityScale } from "../../src-shared/domain/stored-shares.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import {
  type BlendedRows,
  Blender,
  type BlendPlan,
  commonPatches,
  countTiles,
  geoboxOfPatches,
  type PatchSet,
  type PatchWindow,
  patchesOfGeobox,
  planBlend,
} from "../cube/index.ts";
import { writeWhole } from "../files/index.ts";
import { createCog, type WriteOptions } from "../raster/index.ts";
import { classQml, classSld, confidenceRamp, rampQml, rampSld } from "../vector/styles/index.ts";
import { applyModel, blendFor, logUse, normalizationsFor } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { coverageFindings, coverageIn } from "./coverage-words.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { requireGolden } from "./golden.ts";
import { openCube, patchGrid } from "./imagery.ts";
import { setFileCount, writeSets } from "./map-uncertainty.ts";
import { emptyByte, noClass, planesOfRow, planesOfShare, rowBytes, rowLayout, sharesOf } from "./map-values.ts";
import { mapWords } from "./map-words.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { type Inside, insideOf } from "./outline.ts";
import { isUncertain, possibleCounts, ruleFor } from "./possible-classes.ts";
import type { PatchPredictor } from "./predict.ts";
import { predictorFor } from "./predictor-for.ts";
import { providerFor } from "./provider.ts";
import { mapWindowsFile, RowStore } from "./row-store.ts";
import { TileStore } from "./tile-store.ts";

/**
 * Maps the places of an area tile by tile with blended overlaps: windows around where images lie, one after the other. Holds
 * one band of rows; finished rows and the answers of the band's tiles are on disk, so a killed job goes on with its next tile.
 */
export async function map(spec: MapSpec, context: JobContext): Promise<MapResult> {
  const started = performance.now();
  const model = await readWorkingModel(spec.modelFolder);
  const { description, weights } = model;
  const { legend } = description;
  if (!legend) throw new AppError("model-has-no-head", { name: description.name });
  const { grid, imagery, modalities } = spec;
  const applied = applyModel(description, grid, imagery, modalities, spec.use);
  logUse(applied, spec.use, context);
  const area = patchesOfGeobox(patchGrid(grid), spec.area);
  const side = description.grid.tilePatches;
  const { stride } = blendFor(description, area, spec.overlapPatches);
  const { provider } = await providerFor(spec.provider);
  await requireGolden(spec, model, provider);
  // What an earlier run left is continued only when it was the same work with the same weights.
  const begun = join(spec.folder, "map.part.json");
  const fingerprint = fingerprintOf(spec, `${description.weights.sha256} ${rowLayout}`);
  const keep = spec.resume && (await readFile(begun, "utf8").catch(() => "")) === fingerprint;
  const { rule, findings: aboutSets } = ruleFor(description, spec, applied);
  const cube = openCube(grid, imagery, applied.modalities, applied.days);
  let rows: RowStore | undefined;
  try {
    const coverage = coverageIn((await cube.footprints())!, area, modalities);
    const inside = spec.outline ? insideOf(spec.outline, spec.area) : undefined;
    const covered = inside ? coverage.all.within(inside.patches(area)) : coverage.all;
    if (covered.size === 0) throw new AppError("map-without-imagery", { modalities });
    const plan: MapPlan = { covered, windows: covered.windows(), side, overlap: side - stride };
    // Planes of a stored row: class, confidence, then one probability per class.
    rows = await RowStore.open(join(spec.folder, "rows.part"), plan.windows, planesOfRow(legend.length), { keep });
    // One channel more than classes: whether anything was seen of a patch.
    const floats = side * side * (legend.length + 1);
    const tiles = await TileStore.open(join(spec.folder, "tiles.part"), floats, { keep });
    const windowsPath = join(spec.folder, mapWindowsFile);
    const inputsPath = join(spec.folder, "findings.part.json");
    await writeWhole(windowsPath, JSON.stringify({ windows: plan.windows, covered: covered.stretches() }));
    // Only now: killed before, whatever lies here is not taken for this work's.
    if (!keep) await writeWhole(begun, fingerprint);
    const count = countTiles(plan.windows, covered, side, plan.overlap);
    if (!rows.complete) {
      const normalizations = await normalizationsFor(description, applied, cube, spec, context);
      const predictor = await predictorFor({
        cube,
        model: description,
        weights,
        modalities,
        batchSize: spec.batchSize,
        provider,
        normalizations,
      });
      try {
        const stored = { channels: legend.length, bytes: (blended: BlendedRows) => rowBytes(blended, legend) };
        await computeRows(plan, count, stored, predictor, rows, tiles, context);
        // Killed while the files are written, it is still known what the network was given.
        await writeWhole(inputsPath, JSON.stringify(predictor.watch.findings()));
      } finally {
        await predictor.release();
      }
    }
    const known: readonly unknown[] = [
      ...coverageFindings(coverage),
      ...applied.findings,
      // Where its training had images says nothing of this area.
      ...(description.findings ?? []).filter(
        (finding) => !isFinding(finding) || finding.code !== "modality-covers-part",
      ),
      ...(spec.findings ?? []),
      ...aboutSets,
      ...(await keptIn(inputsPath)),
    ];
    const findings = known.filter(isFinding).filter((finding) => severityOf(finding) !== "note");
    const result = await writeProducts({ spec, area, covered, legend, rows, inside, context, findings, rule });
    await rm(inputsPath, { force: true });
    await rows.close();
    await rm(rows.path, { force: true });
    await rm(windowsPath, { force: true });
    await tiles.remove();
    await rm(begun, { force: true });
    return { ...result, tiles: count, seconds: (performance.now() - started) / 1000 };
  } finally {
    await rows?.close().catch(() => {});
    await cube.close();
  }
}

/** What a killed run wrote of its inputs; nothing when it wrote none, or a crash of the machine left half of it. */
async function keptIn(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, "utf8").catch(() => "[]");
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** What is mapped: the patches that the inputs see, in windows that are worked on one after the other. */
export interface MapPlan {
  readonly covered: PatchSet;
  readonly windows: readonly PatchWindow[];
  /** of a tile, and patches that two of them share */
  readonly side: number;
  readonly overlap: number;
}

/** One window at work: its tiles in order, those that see nothing left out. */
class WindowWork {
  readonly index: number;
  readonly blender: Blender;
  readonly #plan: BlendPlan;
  readonly #covered: PatchSet;
  /** the position of the next tile */
  #at = 0;

  constructor({ covered, windows, side, overlap }: MapPlan, index: number, rowsDone: number, channels: number) {
    const window = windows[index]!;
    // Tiles lie where the CRS puts them, so the map of the rows that are left is that part of the whole map, to the bit.
    const rest = { ...window, row: window.row + rowsDone, height: window.height - rowsDone };
    this.index = index;
    this.#plan = planBlend(rest, side, overlap);
    this.#covered = covered.inside(window);
    this.blender = new Blender(this.#plan, channels);
  }

  get row(): number {
    return this.#plan.area.row;
  }

  /** Leaves tiles out until one sees something; `undefined` at the end of the window. Tells of rows that are finished. */
  next(finished: (rows: BlendedRows) => void): PatchWindow | undefined {
    for (;;) {
      const tile = this.#plan.tiles.at(this.#at);
      if (!tile || this.sees(tile)) return tile;
      this.#at++;
      const rows = this.blender.skip(tile);
      if (rows) finished(rows);
    }
  }

  take(tile: PatchWindow, values: Float32Array): BlendedRows | undefined {
    this.#at++;
    return this.blender.add(tile, values);
  }

  /** A tile that touches the window's patches with images. */
  sees(tile: PatchWindow): boolean {
    return this.#covered.touches(tile);
  }

  /** The tiles that are still to be computed, from the present one on. */
  *left(): Generator<PatchWindow, void> {
    for (const tile of this.#plan.tiles.from(this.#at)) if (this.sees(tile)) yield tile;
  }
}

/** What is stored of finished rows. */
export interface StoredRows {
  /** numbers that a predictor gives of a patch */
  readonly channels: number;
  /** blended rows, whose last channel says whether anything was seen, as they are stored */
  readonly bytes: (blended: BlendedRows) => Uint8Array;
}

/** Computes what is not there yet of a map's rows, window after window; a killed run goes on with the next tile. */
export async function computeRows(
  plan: MapPlan,
  count: number,
  stored: StoredRows,
  predictor: PatchPredictor,
  rows: RowStore,
  store: TileStore,
  { signal, phase }: JobContext,
): Promise<void> {
  const channels = stored.channels + 1;
  const { windows, side } = plan;
  const first = rows.next;
  let work = new WindowWork(plan, first.window, first.rows, channels);
  let finished = count;
  for (const _ of work.left()) finished--;
  for (let index = first.window + 1; index < windows.length; index++)
    finished -= countTiles([windows[index]!], plan.covered, side, plan.overlap);
  const ready: BlendedRows[] = [];
  const write = async () => {
    for (const blended of ready.splice(0)) {
      await rows.append(stored.bytes(blended));
      // Killed before this line, the next run finds these tiles again and needs none of them.
      await store.forgetAbove({ window: work.index, row: blended.row + blended.height - side + 1 });
    }
  };
  /** The next tile that has to be computed or was, in this window or a later one. */
  const upcoming = async (): Promise<PatchWindow | undefined> => {
    for (;;) {
      const tile = work.next((blended) => ready.push(blended));
      await write();
      if (tile || work.index + 1 === windows.length) return tile;
      work = new WindowWork(plan, work.index + 1, 0, channels);
    }
  };
  const take = async (tile: PatchWindow, values: Float32Array) => {
    const blended = work.take(tile, values);
    phase("Mapping", ++finished / count);
    if (blended) ready.push(blended);
    await write();
  };
  await store.forgetAbove({ window: work.index, row: work.row - side + 1 });
  // What a killed run computed and did not blend, tile after tile, as far as it goes without a gap.
  let tile = await upcoming();
  for (let line: number | undefined; tile; ) {
    line = tile.row;
    const saved = await store.saved({ window: work.index, row: line });
    let used = 0;
    const { index } = work;
    while (tile && work.index === index && tile.row === line && used < saved.length) {
      await take(tile, saved[used++]!);
      tile = await upcoming();
    }
    if (tile && work.index === index && tile.row === line) {
      await store.cut({ window: index, row: line }, used);
      break;
    }
  }
  const all = (function* () {
    yield* work.left();
    for (let index = work.index + 1; index < windows.length; index++) yield* new WindowWork(plan, index, 0, 1).left();
  })();
  for await (const { window, logits, seen } of predictor.run(all, signal)) {
    const expected = await upcoming();
    if (!expected) throw new Error(`Tile (${window.col}, ${window.row}) after the last one`);
    const values = withSeen(logits, seen, stored.channels);
    await store.add({ window: work.index, row: window.row }, values);
    await take(window, values);
  }
  await upcoming();
}

/** [P, K] and [P] → [P, K + 1] */
function withSeen(logits: Float32Array, seen: Uint8Array, classes: number): Float32Array {
  const values = new Float32Array(seen.length * (classes + 1));
  for (let p = 0; p < seen.length; p++) {
    values.set(logits.subarray(p * classes, (p + 1) * classes), p * (classes + 1));
    values[p * (classes + 1) + classes] = seen[p]!;
  }
  return values;
}

interface Products {
  readonly spec: MapSpec;
  readonly area: PatchWindow;
  readonly covered: PatchSet;
  readonly legend: readonly LegendClass[];
  readonly rows: RowStore;
  readonly inside: Inside | undefined;
  readonly context: JobContext;
  /** what is known of the model and of what it was given */
  readonly findings: readonly Finding[];
  /** which classes are possible and what is uncertain; none where the model is not calibrated */
  readonly rule: SetRule | undefined;
}

/** Places of one map are listed up to this number: it is kept with the map, and shown as a table. */
const mostPlaces = 5000;

async function writeProducts(products: Products): Promise<Omit<MapResult, "tiles" | "seconds">> {
  const { spec, area, covered, legend, rows, inside, context, rule } = products;
  const { signal, phase } = context;
  const read = readerOf(area, rows, inside);
  const places = covered.places();
  const counted: Counted = { pixels: {}, uncertain: {}, setSizes: {} };
  const counts: Counted[] = [];
  for (const place of places) {
    signal.throwIfAborted();
    const own = await countClasses(place, area, read, rule, legend.length);
    counts.push(own);
    for (const what of ["pixels", "uncertain", "setSizes"] as const)
      for (const [key, count] of Object.entries(own[what])) tally(counted[what], key, count);
  }
  const { pixels, uncertain, setSizes } = counted;
  const findings = inOrderOfSeverity([...products.findings, ...findingsOfPixels(pixels, legend, spec.modalities)]);
  for (const finding of findings) context.log(findingSentence(finding));
  const separate = places.length > 1 && places.length <= mostPlaces;
  const sets = 1 + (spec.perPlace && separate ? places.length : 0);
  const writes = sets * ((spec.probabilities ? 3 : 2) + (rule ? setFileCount(spec.probabilities) : 0));
  let done = 0;
  const write = async (name: string, window: PatchWindow, only?: PatchSet) => {
    const geobox = geoboxOfPatches(patchGrid(spec.grid), window);
    const options = () => {
      const begin = done++;
      return {
        signal,
        onProgress: (fraction: number) => phase("Writing", 0.5 + (0.5 * (begin + fraction)) / writes),
      };
    };
    const drawn = { rule, uncertainShare: rule ? total(uncertain) / Math.max(1, total(pixels)) : undefined };
    return writeSet(spec, name, geobox, legend, findings, drawn, (part, bands) => read(window, part, bands, only), options); // biome-ignore format: one call
  };
  const whole = await write(spec.baseName, area);
  const listed: MapPlace[] = [];
  for (const [index, place] of separate ? places.entries() : []) {
    const window = place.bounds!;
    const name = `${spec.baseName}_place-${String(index + 1).padStart(String(places.length).length, "0")}`;
    listed.push({
      number: index + 1,
      area: geoboxOfPatches(patchGrid(spec.grid), window),
      patches: place.size,
      pixels: counts[index]!.pixels,
      files: spec.perPlace ? await write(name, window, place) : null,
    });
  }
  phase("Writing", 1);
  return {
    ...whole,
    pixels,
    findings,
    ...(listed.length > 0 ? { places: listed } : {}),
    ...(rule ? { uncertainty: { ...withoutMargins(rule), uncertain, setSizes } } : {}),
  };
}

function withoutMargins({ margins: _, ...rule }: SetRule): Omit<SetRule, "margins"> {
  return rule;
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

function tally(counts: Record<string, number>, key: string | number, count: number): void {
  counts[key] = (counts[key] ?? 0) + count;
}

/** Reads bands of a part of a window; `undefined` where nothing was mapped. `only`: patches outside of it are empty. */
type ReadMap = (
  window: PatchWindow,
  part: PixelWindow,
  bands: readonly number[],
  only?: PatchSet,
) => Promise<Uint8Array[] | undefined>;

/** Reads stored rows; where nothing was mapped the first plane is 0 and the others are 255. */
export function readerOf(area: PatchWindow, rows: RowStore, inside: Inside | undefined): ReadMap {
  const windows = new RBush<{ minX: number; minY: number; maxX: number; maxY: number; index: number }>();
  windows.load(
    rows.windows.map(({ col, row, width, height }, index) => ({
      minX: col,
      minY: row,
      maxX: col + width - 1,
      maxY: row + height - 1,
      index,
    })),
  );
  return async (window, part, bands, only) => {
    const place: PatchWindow = { ...part, col: window.col + part.col, row: window.row + part.row };
    const reach = {
      minX: place.col,
      minY: place.row,
      maxX: place.col + place.width - 1,
      maxY: place.row + place.height - 1,
    };
    const found = windows.search(reach);
    if (found.length === 0) return undefined;
    // Outside of the windows, the outline and the place every band says that nothing is there.
    const empty = bands.map((band) => (band === 0 ? noClass : emptyByte));
    const values = empty.map((value) => new Uint8Array(place.width * place.height).fill(value));
    for (const { index } of found) {
      const source = rows.windows[index]!;
      const common = commonPatches(source, place)!;
      const from = { ...common, col: common.col - source.col, row: common.row - source.row };
      const read = await rows.read(index, from, bands);
      for (const [k, band] of read.entries())
        for (let y = 0; y < common.height; y++)
          values[k]!.set(
            band.subarray(y * common.width, (y + 1) * common.width),
            (common.row - place.row + y) * place.width + common.col - place.col,
          );
    }
    inside?.clear({ ...part, col: place.col - area.col, row: place.row - area.row }, values, empty);
    if (only && !only.holdsAll(place))
      for (let y = 0; y < place.height; y++)
        for (let x = 0; x < place.width; x++)
          if (!only.has(place.col + x, place.row + y))
            for (const [k, band] of values.entries()) band[y * place.width + x] = empty[k]!;
    return values;
  };
}

/** A map of one class, or of none. */
function findingsOfPixels(
  pixels: Readonly<Record<string, number>>,
  legend: readonly LegendClass[],
  modalities: readonly string[],
): Finding[] {
  const mapped = legend.filter(({ code }) => (pixels[code] ?? 0) > 0);
  if (mapped.length === 0) return [{ code: "map-empty", details: { modalities } }];
  if (mapped.length > 1 || legend.length === 1) return [];
  return [{ code: "map-one-class", details: { name: mapped[0]!.name, classes: legend.length } }];
}

/** Pixels of each class; of them those that are uncertain; pixels by the number of possible classes. */
interface Counted {
  readonly pixels: Record<string, number>;
  readonly uncertain: Record<string, number>;
  readonly setSizes: Record<string, number>;
}

/** What there is in one place. */
async function countClasses(
  place: PatchSet,
  area: PatchWindow,
  read: ReadMap,
  rule: SetRule | undefined,
  classes: number,
): Promise<Counted> {
  const counted: Counted = { pixels: {}, uncertain: {}, setSizes: {} };
  const planes = rule ? Array.from({ length: planesOfRow(classes) }, (_, plane) => plane) : [0];
  for (const { col, row, width, height } of place.stretches()) {
    for (let y = row; y < row + height; y++) {
      const line = { col: col - area.col, row: y - area.row, width, height: 1 };
      const [values, ...bytes] = (await read(area, line, planes)) ?? [];
      if (!values) continue;
      for (const value of values) if (value !== noClass) tally(counted.pixels, value, 1);
      if (!rule) continue;
      const [confidence, ...shares] = sharesOf(bytes);
      const sizes = possibleCounts(shares, rule);
      for (const [x, value] of values.entries()) {
        if (value === noClass) continue;
        tally(counted.setSizes, sizes[x]!, 1);
        if (isUncertain(confidence![x]!, rule)) tally(counted.uncertain, value, 1);
      }
    }
  }
  return counted;
}

/** The files of a map, or of one of its places: classes, confidence, probabilities, and the styles that go with them. */
async function writeSet(
  spec: MapSpec,
  name: string,
  geobox: GeoBox,
  legend: readonly LegendClass[],
  findings: readonly Finding[],
  { rule, uncertainShare }: { readonly rule: SetRule | undefined; readonly uncertainShare: number | undefined },
  read: (window: PixelWindow, bands: readonly number[]) => Promise<Uint8Array[] | undefined>,
  options: () => WriteOptions,
): Promise<MapFiles> {
  const path = (what: string) => join(spec.folder, `${name}_${what}`);
  const words = mapWords(findings);
  const note = words.WARNING ?? "";
  const metadata = {
    MODEL: spec.modelFolder.split(/[\\/]/).at(-1) ?? "",
    MODALITIES: spec.modalities.join(" + "),
    ...words,
    ...(uncertainShare === undefined
      ? {}
      : { UNCERTAIN: `${(100 * uncertainShare).toFixed(1)} % of the pixels of the whole map are uncertain or untaught; they keep their class here and are told apart in ${name}_uncertain.tif.` }), // biome-ignore format: one sentence
  };
  const shares = async (window: PixelWindow, wanted: readonly number[]) => {
    const planes = await read(window, wanted.flatMap(planesOfShare));
    return planes && sharesOf(planes);
  };
  const colors = Array.from({ length: 256 }, (_, value): [number, number, number, number] => {
    const entry = legend.find(({ code }) => code === value);
    return entry ? [...rgbOf(entry.color), 255] : [0, 0, 0, 0];
  });
  const last = Math.max(...legend.map(({ code }) => code));
  const names = Array.from({ length: last + 1 }, (_, value) =>
    value === noClass ? "no data" : (legend.find(({ code }) => code === value)?.name ?? ""),
  );
  const classPath = path("class.tif");
  await createCog(
    classPath,
    {
      geobox,
      bandCount: 1,
      dataType: "uint8",
      nodata: noClass,
      bandNames: ["class"],
      categoryNames: names,
      attributeTable: legend.map(({ code, name, color, source }) => ({
        value: code,
        name,
        color,
        ...(source === undefined ? {} : { source }),
      })),
      colorTable: colors,
      overviewMethod: "mode",
      metadata,
    },
    (window) => read(window, [0]),
    options(),
  );
  const confidencePath = path("confidence.tif");
  await createCog(
    confidencePath,
    {
      geobox,
      bandCount: 1,
      dataType: "uint16",
      nodata: noShare,
      scale: confidenceScale,
      bandNames: ["confidence (percent)"],
      overviewMethod: "average",
      metadata,
    },
    (window) => shares(window, [0]),
    options(),
  );
  const probabilitiesPath = spec.probabilities ? path("probabilities.tif") : null;
  if (probabilitiesPath) {
    await createCog(
      probabilitiesPath,
      {
        geobox,
        bandCount: legend.length,
        dataType: "uint16",
        nodata: noShare,
        scale: probabilityScale,
        bandNames: legend.map((entry) => entry.name),
        overviewMethod: "average",
        metadata,
      },
      (window) =>
        shares(
          window,
          legend.map((_, k) => 1 + k),
        ),
      options(),
    );
  }
  const qmlPath = path("class.qml");
  const sldPath = path("class.sld");
  await writeWhole(qmlPath, classQml(legend, 1, note));
  await writeWhole(sldPath, classSld(`${name}_class`, legend, 1, note));
  const confidenceStyles = [path("confidence.qml"), path("confidence.sld")] as const;
  await writeWhole(confidenceStyles[0], rampQml(confidenceRamp(100), 1, note));
  await writeWhole(confidenceStyles[1], rampSld(`${name}_confidence`, confidenceRamp(100), 1, note));
  const uncertainty = rule
    ? await writeSets({ rule, legend, geobox, path, name, note, metadata, shares, bands: spec.probabilities, options })
    : undefined;
  const beside = [...confidenceStyles, `${classPath}.aux.xml`].filter((file) => existsSync(file));
  const sidecarPaths = [...beside, ...(uncertainty?.sidecarPaths ?? [])];
  const files = { classPath, confidencePath, probabilitiesPath, qmlPath, sldPath, sidecarPaths };
  return uncertainty ? { ...files, sets: uncertainty.sets } : files;
}
