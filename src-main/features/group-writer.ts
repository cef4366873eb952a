import { mkdirSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { sortedColumn } from "../classifiers/index.ts";
import { onDisk, writeAll, writeJsonFile } from "../files/index.ts";
import { blockBytes, type FeatureGroup, groupFile, mostStored, readGroup, valuesFile } from "./group.ts";

/** How columns are stored: of patches spread over the layer. */
export type ColumnScales = Pick<FeatureGroup, "means" | "spreads" | "steps" | "looked" | "cut">;

/** Shares of the values of a column between which all are kept; beyond, a quarter of the distance to the mean is added. */
const kept = [0.002, 0.998] as const;
const room = 1.25;

/**
 * Means, spreads and steps of columns from some rows: [rows × columns], NaN where nothing was seen. A column without any number, or with one
 * value alone, has spread 1: it says nothing.
 */
export function scalesOf(values: Float32Array, columns: number): ColumnScales {
  const rows = values.length / Math.max(1, columns);
  const means = new Array<number>(columns).fill(0);
  const spreads = new Array<number>(columns).fill(1);
  const steps = new Array<number>(columns).fill(1 / 32);
  const own = new Float32Array(rows);
  let [numbers, beyond] = [0, 0];
  for (let j = 0; j < columns; j++) {
    const sorted = sortedColumn({ values, columns }, j, own);
    const count = sorted.length;
    if (count === 0) continue;
    const [low, high] = kept.map((share) => sorted[Math.round(share * (count - 1))]!) as [number, number];
    const inside = sorted.filter((value) => value >= low && value <= high);
    const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
    const spread = Math.sqrt(inside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inside.length);
    means[j] = mean;
    numbers += count;
    // Rounding of float32 alone is no spread.
    if (!(spread > 1e-6 * Math.abs(mean)) || !(spread > 0)) continue;
    spreads[j] = spread;
    steps[j] = (room * Math.max(high - mean, mean - low)) / mostStored;
    const most = (mostStored + 0.5) * steps[j]!;
    for (const value of sorted) if (Math.abs(value - mean) > most) beyond++;
  }
  return { means, spreads, steps, looked: rows, cut: numbers === 0 ? 0 : beyond / numbers };
}

/**
 * [patches, columns] numbers as they are stored: (value − mean) / step, rounded and cut to ±127; 0, the mean, where there is none.
 * @param into takes them, from `at` on
 */
function store(
  values: Float32Array,
  { means, steps }: Pick<FeatureGroup, "means" | "steps">,
  into: Int8Array,
  at = 0,
): void {
  const columns = means.length;
  for (let i = 0, j = 0; i < values.length; i++, j = j + 1 === columns ? 0 : j + 1) {
    const step = Math.round((values[i]! - means[j]!) / steps[j]!);
    into[at + i] = step > mostStored ? mostStored : step < -mostStored ? -mostStored : step || 0;
  }
}

/** The share of values beyond what columns hold, which would be cut: [rows × columns], NaN where nothing was seen. */
export function shareCut(values: Float32Array, { means, steps }: Pick<FeatureGroup, "means" | "steps">): number {
  const columns = means.length;
  let [numbers, beyond] = [0, 0];
  for (let i = 0, j = 0; i < values.length; i++, j = j + 1 === columns ? 0 : j + 1) {
    if (Number.isNaN(values[i]!)) continue;
    numbers++;
    if (Math.abs(values[i]! - means[j]!) > (mostStored + 0.5) * steps[j]!) beyond++;
  }
  return numbers === 0 ? 0 : beyond / numbers;
}

/**
 * Writes a group block by block. Its length says how many blocks are done, so that a killed job goes on with the next one; a block that was
 * half written is cut off.
 */
export class GroupWriter {
  readonly group: FeatureGroup;
  readonly #path: string;
  readonly #file: FileHandle;
  #done: number;

  private constructor(group: FeatureGroup, path: string, file: FileHandle, done: number) {
    this.group = group;
    this.#path = path;
    this.#file = file;
    this.#done = done;
  }

  /** What was begun in `folder` and can be gone on with: the same key. */
  static async resume(folder: string, key: string): Promise<GroupWriter | undefined> {
    const group = readGroup(folder);
    if (group?.key !== key) return undefined;
    const path = join(folder, valuesFile);
    const file = await open(path, "r+").catch(() => undefined);
    if (!file) return undefined;
    const bytes = blockBytes(group);
    const done = Math.min(group.blocks.length, Math.floor((await file.stat()).size / bytes));
    await file.truncate(done * bytes);
    return new GroupWriter(group, path, file, done);
  }

  /** @throws AppError "no-disk-space" */
  static async begin(folder: string, group: FeatureGroup): Promise<GroupWriter> {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, valuesFile);
    const file = await onDisk(path, () => open(path, "w+"));
    writeJsonFile(join(folder, groupFile), group);
    return new GroupWriter(group, path, file, 0);
  }

  /** Blocks that are on the disk. */
  get done(): number {
    return this.#done;
  }

  /**
   * Appends the next block: [patches, columns] and [patches] 1 where the input sees the patch. When it resolves it is on the disk.
   * @throws AppError "no-disk-space"
   */
  async append(values: Float32Array, seen: Uint8Array): Promise<void> {
    const bytes = new Uint8Array(blockBytes(this.group));
    if (seen.length + values.length !== bytes.length)
      throw new Error(`GroupWriter: ${seen.length} patches and ${values.length} values in a block of ${bytes.length}`);
    bytes.set(seen);
    store(values, this.group, new Int8Array(bytes.buffer), seen.length);
    await this.appendStored(bytes);
  }

  /**
   * Appends the next block as another group of the same columns and steps has it.
   * @throws AppError "no-disk-space"
   */
  async appendStored(bytes: Uint8Array): Promise<void> {
    if (bytes.length !== blockBytes(this.group)) throw new Error(`GroupWriter: a block of ${bytes.length} bytes`);
    await onDisk(this.#path, async () => {
      await writeAll(this.#file, bytes, this.#done * bytes.length);
      await this.#file.datasync();
    });
    this.#done++;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
