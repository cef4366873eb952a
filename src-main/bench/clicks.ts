// npm run bench:clicks: macro F1 of the instant map after a few clicks per class on the sample, beside a random forest taught the same patches.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { parseArgs } from "node:util";
import { classify, type LabelledTable, predictLogisticRegression, teachMethod } from "../classifiers/index.ts";
import { FeatureLayer, fitInstant } from "../features/index.ts";
import { seededRandom, shuffled } from "../files/index.ts";
import { contextOf } from "../jobs/context.ts";
import { featureKey, monthsOfImagery } from "../jobs/feature-keys.ts";
import { features } from "../jobs/features.ts";
import { patchGrid, projectArea } from "../jobs/imagery.ts";
import { LabelPatches } from "../jobs/label-patches.ts";
import { makeSample } from "../services/app/sample.ts";
import { labelInput } from "../services/labels/labels.ts";
import { projectFolders } from "../services/projects/projects.ts";
import { imageryOf } from "../services/rasters/imagery.ts";

const { values: options } = parseArgs({
  args: argv.slice(2),
  options: { seeds: { type: "string", default: "3" }, clicks: { type: "string", default: "1,2,5,10,20" } },
});
const folds = 3;
/** Parcels of fewer patches are left out, and classes of fewer parcels. */
const fewest = { patches: 10, parcels: 3 };

const room = mkdtempSync(join(tmpdir(), "omnisat-clicks-"));
try {
  await run();
} finally {
  rmSync(room, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const folder = join(room, "project");
  await makeSample(join(import.meta.dirname, "../../resources/sample/flanders-crops-2019"), folder, "bench");
  const catalog = await projectFolders({ appVersion: "bench" })["project.open"]({ folder, purpose: "bench" });
  const { grid } = catalog.project.get();
  const imagery = imageryOf(catalog);
  const { labels } = labelInput(catalog);
  catalog.close();
  const months = monthsOfImagery(imagery);
  const work = join(room, "features");
  mkdirSync(work);
  const quiet = contextOf(() => {}, new AbortController().signal);
  const groups = imagery.modalities.map((modality) => ({
    modality: modality.name,
    key: featureKey(grid, imagery, modality, months, () => ""),
  }));
  const { groups: made, seconds } = await features(
    { kind: "features", grid, imagery, months, groups, folder: work, seed: 0, provider: "cpu", resume: false, appVersion: "bench" }, // biome-ignore format: one spec
    quiet,
  );
  const layer = FeatureLayer.open(made.map((group) => group.folder))!;
  stdout.write(`Values of ${layer.columns} columns computed in ${seconds.toFixed(1)} s.\n`);

  const codes = labels.legend.map(({ code }) => code);
  const taught = { ...labels, polygons: labels.polygons.map((polygon) => ({ ...polygon, part: "train" as const })) };
  const patches = new LabelPatches(taught, "train", codes, patchGrid(grid), projectArea(grid));
  const usable = patches.usable().filter((one) => one.patches >= fewest.patches);
  const classes = [...Map.groupBy(usable, ({ classCode }) => classCode)].filter(
    ([, own]) => own.length >= fewest.parcels,
  );
  const nameOf = (code: number) => labels.legend.find((one) => one.code === code)!.name;
  stdout.write(`${classes.map(([code, own]) => `${nameOf(code)}: ${own.length} parcels`).join(", ")}\n`);
  const parcels = classes.flatMap(([, own], position) =>
    own.map(({ id }) => ({ id, position, rows: rowsOf(layer, patches, id) })),
  );
  stdout.write(
    `clicks per class  instant map  random forest   (macro F1, ${folds} folds of parcels, ${options.seeds} seeds)\n`,
  );
  for (const clicks of options.clicks.split(",").map(Number)) {
    const found: Record<"instant" | "forest", number[]> = { instant: [], forest: [] };
    for (let seed = 1; seed <= Number(options.seeds); seed++) {
      const foldOf = new Map<number, number>();
      for (const position of classes.keys())
        for (const [i, { id }] of shuffled(
          parcels.filter((parcel) => parcel.position === position),
          seededRandom("fold", seed, position),
        ).entries())
          foldOf.set(id, i % folds);
      const answers: Record<"instant" | "forest", number[]> = { instant: [], forest: [] };
      const truth: number[] = [];
      for (let fold = 0; fold < folds; fold++) {
        const random = seededRandom("clicks", seed, fold);
        const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
        // A click lies in any of the class's parcels, whatever their size.
        const clicked = classes.flatMap((_, position) => {
          const own = parcels.filter((parcel) => parcel.position === position && foldOf.get(parcel.id) !== fold);
          return Array.from({ length: clicks }, () => ({ position, row: pick(pick(own).rows) }));
        });
        const held = parcels
          .filter(({ id }) => foldOf.get(id) === fold)
          .flatMap(({ position, rows }) => rows.map((row) => ({ position, row })));
        const table = tableOf(clicked, layer.columns, classes.length);
        const asked = tableOf(held, layer.columns, classes.length);
        truth.push(...asked.classes);
        answers.instant.push(...highest(predictLogisticRegression(await fitInstant(table), asked), classes.length));
        const alone = Int32Array.from(table.classes.keys());
        const { classifier } = await teachMethod("random-forest", table, { seed, groups: alone });
        answers.forest.push(...highest(classify(classifier, asked), classes.length));
      }
      for (const name of ["instant", "forest"] as const)
        found[name].push(macroF1(classes.length, answers[name], truth));
    }
    const mean = (list: readonly number[]) => (list.reduce((sum, one) => sum + one, 0) / list.length).toFixed(3);
    stdout.write(
      `${String(clicks).padStart(16)}  ${mean(found.instant).padStart(11)}  ${mean(found.forest).padStart(13)}\n`,
    );
  }
  layer.close();
}

/** The standardised values of a parcel's patches. */
function rowsOf(layer: FeatureLayer, patches: LabelPatches, id: number): Float32Array[] {
  const { columns, factors, side } = layer;
  return patches.patchesOf(id).flatMap(({ col, row, width }) =>
    Array.from({ length: width }, (_, i) => {
      const { values } = layer.blockAt(col + i, row)!;
      const within = (at: number) => at - Math.floor(at / side) * side;
      const p = within(row) * side + within(col + i);
      return Float32Array.from(factors, (factor, j) => factor * values[p * columns + j]!);
    }),
  );
}

function tableOf(
  rows: readonly { readonly row: Float32Array; readonly position: number }[],
  columns: number,
  classCount: number,
): LabelledTable {
  const values = new Float32Array(rows.length * columns);
  for (const [i, { row }] of rows.entries()) values.set(row, i * columns);
  return { values, rows: rows.length, columns, classes: Int32Array.from(rows, ({ position }) => position), classCount };
}

function highest(shares: Float32Array, count: number): number[] {
  return Array.from({ length: shares.length / count }, (_, i) => {
    const own = shares.subarray(i * count, (i + 1) * count);
    return own.indexOf(Math.max(...own));
  });
}

/** The mean over classes of F1, of all held-out patches together. */
function macroF1(count: number, answers: readonly number[], truth: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const hit = truth.filter((is, i) => is === k && answers[i] === k).length;
    const either = truth.filter((is) => is === k).length + answers.filter((own) => own === k).length;
    sum += (2 * hit) / Math.max(1, either) / count;
  }
  return sum;
}
