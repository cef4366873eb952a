import type { Finding } from "../../src-shared/domain/finding.ts";
import { findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { Imagery, Months } from "../../src-shared/domain/job.ts";
import type { ChangeInput, ChangeResult, ChangeSide, ChangeSpec } from "../../src-shared/domain/numbers.ts";
import { type Modality, radiometryOf } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { boundsOf, resolutionOf } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { type Cube, commonPatches, PatchSet, type PatchWindow, patchesOfGeobox } from "../cube/index.ts";
import { seededRandom, shuffled } from "../files/index.ts";
import { squareMetersPerUnit } from "../vector/geometry/true-area.ts";
import type { JobContext } from "./context.ts";
import { dayCountOf, openCube, patchGrid, projectArea } from "./imagery.ts";
import { mapWords } from "./map-words.ts";
import { columnsOf, methodTileSide, monthOf, readPatchRows } from "./monthly-values.ts";
import { tilesTouching } from "./statistics.ts";
import { SurfaceFigures, writeSurface } from "./surface-files.ts";

/** What is usual between both periods is looked at on so many patches, in blocks drawn at random. */
const looked = { patches: 16_384, blocks: 256 } as const;
/** A patch is compared where at least this share of the columns is seen in both periods. */
const leastSeen = 0.5;
/** A side with so many times the dates of the other is less noisy by much. */
const manyMore = 2;
/** More of all places than this did not change by themselves. */
const everywhere = 0.3;
/** So many spreads above the median lie 1 % of a normal distribution. */
const onePercent = 2.326;
const normalSpread = 1.4826;

/**
 * Scores how much every patch changed between two periods: the same months of both, each band of each month apart. Of every column's difference the
 * median of all places is taken off (what changed everywhere alike: weather, processing) and the rest is divided by its spread (1.4826 · MAD); the score
 * is the root of their mean square, in times of what is usual (its median). A place is called changed above the value that 99 % of the unchanged
 * places do not reach, if the cube roots of their squares, which are nearly normal, are as spread above their median as they are below it: only the quieter half is asked, so that up to
 * half of all places may have changed.
 * @throws AppError "change-without-months", "change-no-place"
 * @see Nielsen, Conradsen & Simpson 1998 (standardised differences); Rousseeuw & Croux 1993 (MAD); Wilson & Hilferty 1931 (cube root)
 */
export async function change(spec: ChangeSpec, context: JobContext): Promise<ChangeResult> {
  const started = performance.now();
  const { grid, before, after, seed } = spec;
  const { signal } = context;
  const { inputs, findings: aboutInputs } = comparedInputs(before, after);
  if (inputs.length === 0) throw new AppError("change-without-months", { from: before.name, to: after.name });
  const sides = [before, after].map((side) => openSide(spec, side, inputs));
  try {
    const area = projectArea(grid);
    const covered = await coveredBoth(sides, inputs, area);
    if (covered.size === 0) throw new AppError("change-no-place", { from: before.name, to: after.name });
    const tileSide = methodTileSide(inputs.map(({ own }) => own));
    const read = async (window: PatchWindow) => {
      const [p, q] = [
        await readSide(sides[0]!, inputs, window, signal),
        await readSide(sides[1]!, inputs, window, signal),
      ];
      for (let i = 0; i < p.length; i++) q[i]! -= p[i]!;
      return q;
    };
    const columns = inputs.reduce((sum, { columns: own }) => sum + own, 0);
    const tiles = tilesTouching(covered, tileSide);
    const usual = await usualDifference(tiles, read, columns, covered, seed, context);
    if (!usual) throw new AppError("change-no-place", { from: before.name, to: after.name });
    const figures = new SurfaceFigures();
    let [changed, done] = [0, 0];
    const scored = async (window: PatchWindow): Promise<Float32Array | undefined> => {
      const values = new Float32Array(window.width * window.height).fill(Number.NaN);
      let any = false;
      for (const tile of tiles) {
        const common = commonPatches(tile, window);
        if (!common) continue;
        signal.throwIfAborted();
        const differences = await read(common);
        context.phase("Comparing", Math.min(1, ++done / tiles.length));
        for (let i = 0; i < common.width * common.height; i++) {
          const [col, row] = [common.col + (i % common.width), common.row + Math.floor(i / common.width)];
          if (!covered.has(col, row)) continue;
          const score = scoreOf(differences.subarray(i * columns, (i + 1) * columns), usual);
          if (score === undefined) continue;
          any = true;
          figures.add(score);
          if (score > usual.threshold) changed++;
          values[(row - window.row) * window.width + col - window.col] = score;
        }
      }
      return any ? values : undefined;
    };
    const whole = patchesOfGeobox(patchGrid(grid), grid.geobox);
    const findings: Finding[] = [...aboutInputs];
    const share = usual.changedShare;
    if (share > everywhere) findings.push({ code: "change-everywhere", details: { share } });
    const sorted = inOrderOfSeverity(findings);
    for (const finding of sorted) context.log(findingSentence(finding));
    const words = mapWords(sorted);
    const stretch = [usual.low, Math.max(usual.high, 1.5 * usual.threshold)] as const;
    const unit = "× usual";
    const files = await writeSurface({
      folder: spec.folder,
      name: spec.baseName,
      geobox: grid.geobox,
      bands: ["change score (times the usual difference)"],
      unit,
      stretch,
      note: words.WARNING ?? "",
      metadata: {
        BEFORE: `${before.name}: ${before.first} to ${before.last}`,
        AFTER: `${after.name}: ${after.first} to ${after.last}`,
        THRESHOLD: `${usual.threshold.toFixed(3)}: 99 % of the unchanged places lie below, as far as the quieter half of all places says.`,
        COMPARED: inputs.map(({ modality, months }) => `${modality}, months ${months.join(" ")}`).join("; "),
        ...words,
      },
      read: async ({ col, row, width, height }: PixelWindow) => {
        const band = await scored({ col: whole.col + col, row: whole.row + row, width, height });
        return band && [band];
      },
      options: { signal },
    });
    const { minX, minY, maxX, maxY } = boundsOf(grid.geobox);
    const { x, y } = resolutionOf(grid.geobox);
    const told = ({ name, first, last }: ChangeSide) => ({ name, first, last });
    return {
      kind: "change",
      ...files,
      bands: ["change score"],
      meaning: { name: "Change score", unit, minimum: 0, maximum: null },
      area: grid.geobox,
      pixels: figures.count,
      stretch,
      low: figures.count === 0 ? 0 : figures.low,
      high: figures.count === 0 ? 0 : figures.high,
      mean: figures.count === 0 ? 0 : figures.mean,
      findings: sorted,
      before: told(before),
      after: told(after),
      inputs: inputs.map(({ modality, months, dates }) => ({ modality, months, dates })),
      columns,
      threshold: usual.threshold,
      changedPixels: changed,
      squareMetersPerPixel: x * y * squareMetersPerUnit(grid.geobox.crs, (minX + maxX) / 2, (minY + maxY) / 2),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    for (const cube of sides) await cube.close();
  }
}

/** One input as it is compared. */
export interface ComparedInput extends ChangeInput {
  readonly own: Modality;
  /** that of the other side, with its own dates */
  readonly other: Modality;
  readonly columns: number;
}

const monthNumber = (date: string): number => Number(date.slice(5, 7));

/** Inputs that both sides have, with the months that both show; images without a series are compared as they are. */
export function comparedInputs(
  before: ChangeSide,
  after: ChangeSide,
): { readonly inputs: readonly ComparedInput[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const inputs: ComparedInput[] = [];
  const names = new Set([...before.imagery.modalities, ...after.imagery.modalities].map(({ name }) => name));
  const left: string[] = [];
  for (const modality of names) {
    const [p, q] = [before, after].map(({ imagery }) => inputIn(imagery, modality));
    const alike = p && q && p.own.kind === q.own.kind && p.own.patchPixels === q.own.patchPixels && String(p.own.bands) === String(q.own.bands); // biome-ignore format: one line
    if (!p || !q || !alike) {
      left.push(modality);
      continue;
    }
    const series = p.own.kind === "series";
    const monthsOf = (dates: readonly string[]) => new Set(dates.map(monthNumber));
    const [mine, theirs] = [monthsOf(p.dates), monthsOf(q.dates)];
    const months = [...mine].filter((month) => theirs.has(month)).sort((a, b) => a - b);
    const apart = [...new Set([...mine, ...theirs])]
      .filter((month) => mine.has(month) !== theirs.has(month))
      .sort((a, b) => a - b);
    if (series && months.length === 0) {
      left.push(modality);
      continue;
    }
    if (series && apart.length > 0) findings.push({ code: "change-months-left", details: { modality, months: apart } });
    const within = (dates: readonly string[]) =>
      series ? dates.filter((date) => months.includes(monthNumber(date))).length : dates.length;
    const dates = [within(p.dates), within(q.dates)] as const;
    if (series && Math.max(...dates) > manyMore * Math.min(...dates))
      findings.push({ code: "change-dates-differ", details: { modality, before: dates[0], after: dates[1] } });
    if (String(p.sources) !== String(q.sources))
      findings.push({ code: "change-sensors-differ", details: { modality, before: p.sources, after: q.sources } });
    const one: Months = { year: 1970, month: 1, count: series ? 1 : 0, everyYear: true };
    const columns = columnsOf([p.own], one) * (series ? months.length : 1);
    inputs.push({ modality, months: series ? months : [], dates, own: p.own, other: q.own, columns });
  }
  if (left.length > 0) findings.push({ code: "change-inputs-differ", details: { left } });
  return { inputs, findings };
}

function inputIn({ modalities, acquisitions }: Imagery, name: string) {
  const own = modalities.find((modality) => modality.name === name);
  if (!own) return undefined;
  const wanted = new Set(own.acquisitions);
  const members = acquisitions.filter(({ id }) => wanted.has(id));
  if (members.length === 0) return undefined;
  const sources = new Set(
    members.map((acquisition) => {
      const { sensor, level, pass } = acquisition;
      return [sensor, level, pass, radiometryOf(acquisition).quantity].filter(Boolean).join(" ");
    }),
  );
  return { own, dates: members.map(({ date }) => date), sources: [...sources].sort() };
}

function openSide({ grid }: ChangeSpec, { imagery }: ChangeSide, inputs: readonly ComparedInput[]): Cube {
  const names = new Set(inputs.map(({ modality }) => modality));
  const modalities = imagery.modalities.filter(({ name }) => names.has(name));
  return openCube(grid, imagery, modalities, dayCountOf({ ...imagery, modalities }));
}

/** The patches that at least one input shows in both periods. */
async function coveredBoth(
  sides: readonly Cube[],
  inputs: readonly ComparedInput[],
  area: PatchWindow,
): Promise<PatchSet> {
  const [p, q] = await Promise.all(sides.map(async (cube) => (await cube.footprints())!));
  return PatchSet.union(
    inputs.map(({ modality }) => p!.modality(modality).inside(area).within(q!.modality(modality).inside(area))),
  );
}

/** [patches, columns] input after input, month after month; NaN where nothing clear was seen in that month. */
async function readSide(
  cube: Cube,
  inputs: readonly ComparedInput[],
  window: PatchWindow,
  signal: AbortSignal,
): Promise<Float32Array> {
  const patches = window.width * window.height;
  const columns = inputs.reduce((sum, { columns: own }) => sum + own, 0);
  const values = new Float32Array(patches * columns);
  let offset = 0;
  for (const { modality, months } of inputs) {
    const own = cube.modality(modality);
    for (const month of own.kind === "series" ? months : [0]) {
      const one: Months = { year: 1970, month: Math.max(1, month), count: month === 0 ? 0 : 1, everyYear: true };
      // Month by month: between months nothing is interpolated.
      const read = await readPatchRows(cube, window, [own], one, (date) => monthOf(one, date), signal);
      const each = columnsOf([own], one);
      for (let p = 0; p < patches; p++)
        values.set(read.values.subarray(p * each, (p + 1) * each), p * columns + offset);
      offset += each;
    }
  }
  return values;
}

/** What is usual between both periods. */
export interface UsualDifference {
  /** [columns] median difference, and spread of the differences around it */
  readonly medians: Float64Array;
  readonly spreads: Float64Array;
  /** median of the scores before they are divided by it */
  readonly scale: number;
  readonly threshold: number;
  /** of the places that were looked at: the 2nd and 98th percentile of scores, and the share above the threshold */
  readonly low: number;
  readonly high: number;
  readonly changedShare: number;
}

async function usualDifference(
  tiles: readonly PatchWindow[],
  read: (window: PatchWindow) => Promise<Float32Array>,
  columns: number,
  covered: PatchSet,
  seed: number,
  { signal, phase }: JobContext,
): Promise<UsualDifference | undefined> {
  const rows: Float32Array[] = [];
  const some = shuffled(tiles, seededRandom("change", seed)).slice(0, looked.blocks);
  for (const [n, window] of some.entries()) {
    if (rows.length >= looked.patches) break;
    signal.throwIfAborted();
    phase("Looking around", n / some.length);
    const differences = await read(window);
    for (let p = 0; p < window.width * window.height; p++) {
      if (!covered.has(window.col + (p % window.width), window.row + Math.floor(p / window.width))) continue;
      const own = differences.slice(p * columns, (p + 1) * columns);
      if (own.some((value) => !Number.isNaN(value))) rows.push(own);
    }
  }
  return usualOf(rows, columns);
}

const median = (sorted: ArrayLike<number>): number => {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

/**
 * What is usual in differences: [rows][columns], NaN where nothing is known.
 * @returns `undefined` where no row has enough of its columns
 */
export function usualOf(rows: readonly Float32Array[], columns: number): UsualDifference | undefined {
  const medians = new Float64Array(columns).fill(Number.NaN);
  const spreads = new Float64Array(columns).fill(Number.NaN);
  for (let j = 0; j < columns; j++) {
    const own = Float64Array.from(rows.map((row) => row[j]!).filter((value) => Number.isFinite(value))).sort();
    if (own.length < 2) continue;
    medians[j] = median(own);
    const away = own.map((value) => Math.abs(value - medians[j]!)).sort();
    const spread = normalSpread * median(away);
    // One and the same difference nearly everywhere: the mean distance still tells who differs.
    const mean = away.reduce((sum, value) => sum + value, 0) / away.length;
    const found = spread > 0 ? spread : mean;
    if (found > 0) spreads[j] = found;
  }
  const raw = { medians, spreads, scale: 1 };
  const scores = Float64Array.from(rows.flatMap((row) => scoreOf(row, raw) ?? [])).sort();
  if (scores.length === 0) return undefined;
  const scale = median(scores);
  if (!(scale > 0)) return undefined;
  // The cube root of a sum of squares is nearly normal.
  const roots = scores.map((score) => (score / scale) ** (2 / 3));
  const quieter = roots.filter((root) => root < 1).map((root) => 1 - root).sort(); // biome-ignore format: one chain
  const spread = quieter.length > 0 ? normalSpread * median(quieter) : 0;
  const threshold = (1 + onePercent * spread) ** 1.5;
  const at = (share: number) => scores[Math.round(share * (scores.length - 1))]! / scale;
  const above = scores.filter((score) => score / scale > threshold).length;
  return { medians, spreads, scale, threshold, low: at(0.02), high: at(0.98), changedShare: above / scores.length };
}

/** The score of one patch's differences; `undefined` where too few columns are known. */
export function scoreOf(
  differences: Float32Array,
  { medians, spreads, scale }: Pick<UsualDifference, "medians" | "spreads" | "scale">,
): number | undefined {
  let [sum, known, possible] = [0, 0, 0];
  for (let j = 0; j < differences.length; j++) {
    if (Number.isNaN(spreads[j]!)) continue;
    possible++;
    const value = differences[j]!;
    if (!Number.isFinite(value)) continue;
    known++;
    sum += ((value - medians[j]!) / spreads[j]!) ** 2;
  }
  if (possible === 0 || known < leastSeen * possible) return undefined;
  return Math.sqrt(sum / known) / scale;
}
