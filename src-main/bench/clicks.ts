// npm run bench:clicks [-- --project FOLDER]: macro F1 of the instant map after a few clicks per class on the sample (or on all labels of a project),
// beside a random forest taught the same patches; then after clicks where the program proposes them, beside clicks anywhere (not with --totals "");
// then from what a model makes of every patch (--of FOLDER of models/, or a path; --of none leaves it out), from values beside it, and from what the
// labels choose.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { parseArgs } from "node:util";
import { classify, type LabelledTable, predictLogisticRegression, teachMethod } from "../classifiers/index.ts";
import { FeatureLayer, firstOfBest, fitInstant, heldOutScore, nextPlaces } from "../features/index.ts";
import { seededRandom, shuffled } from "../files/index.ts";
import { contextOf } from "../jobs/context.ts";
import { embed } from "../jobs/embed.ts";
import { featureKey, monthsOfImagery } from "../jobs/feature-keys.ts";
import { features } from "../jobs/features.ts";
import { patchGrid, projectArea } from "../jobs/imagery.ts";
import { LabelPatches } from "../jobs/label-patches.ts";
import { readWorkingModel } from "../jobs/model-tensors.ts";
import { makeSample } from "../services/app/sample.ts";
import { labelsInParts } from "../services/labels/labels.ts";
import { projectFolders } from "../services/projects/projects.ts";
import { imageryOf } from "../services/rasters/imagery.ts";

const { values: options } = parseArgs({
  args: argv.slice(2),
  options: {
    seeds: { type: "string", default: "3" },
    clicks: { type: "string", default: "1,2,5,10,20" },
    totals: { type: "string", default: "8,12,20,40,80" },
    project: { type: "string" },
    of: { type: "string", default: "europe-10m" },
  },
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
  const folder = options.project ?? join(room, "project");
  if (!options.project)
    await makeSample(join(import.meta.dirname, "../../resources/sample/flanders-crops-2019"), folder, "bench");
  const catalog = await projectFolders({ appVersion: "bench" })["project.open"]({ folder, purpose: "bench" });
  // Whoever names the project here made it.
  for (const { folder: outside } of catalog.withheld()) catalog.allowOutside(outside);
  const { grid } = catalog.project.get();
  const imagery = imageryOf(catalog);
  const { labels } = labelsInParts(catalog, () => ({ part: "train", patches: null }));
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
  const patches = new LabelPatches(labels, "train", codes, patchGrid(grid), projectArea(grid));
  const usable = patches.usable().filter((one) => one.patches >= fewest.patches);
  const classes = [...Map.groupBy(usable, ({ classCode }) => classCode)].filter(
    ([, own]) => own.length >= fewest.parcels,
  );
  const nameOf = (code: number) => labels.legend.find((one) => one.code === code)!.name;
  stdout.write(`${classes.map(([code, own]) => `${nameOf(code)}: ${own.length} parcels`).join(", ")}\n`);
  const parcels = classes.flatMap(([, own], position) =>
    own.map(({ id }): Parcel => ({ id, position, ...rowsOf(layer, patches, id) })),
  );
  stdout.write(
    `clicks per class  instant map  random forest   (macro F1, ${folds} folds of parcels, ${options.seeds} seeds)\n`,
  );
  for (const clicks of options.clicks.split(",").map(Number)) {
    const found: Record<"instant" | "forest", number[]> = { instant: [], forest: [] };
    for (let seed = 1; seed <= Number(options.seeds); seed++) {
      const foldOf = foldsOf(parcels, classes.length, seed);
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
  if (options.totals !== "") await compareProposed(parcels, classes.length, layer.columns);
  layer.close();
  if (options.of === "none") return;
  const own = join(import.meta.dirname, "../../models", options.of);
  const modelFolder = existsSync(own) ? own : options.of;
  const { modalities } = (await readWorkingModel(modelFolder)).description;
  const known = new Set(modalities.map(({ name }) => name));
  const given = { ...imagery, modalities: imagery.modalities.filter(({ name }) => known.has(name)) };
  const { group, seconds: took } = await embed(
    { kind: "embed", grid, imagery: given, modelFolder, title: options.of, key: "bench", earlierFolder: null, batchSize: 4, folder: work, seed: 0, provider: "cpu", resume: false, appVersion: "bench" }, // biome-ignore format: one spec
    quiet,
  );
  stdout.write(`${group.columns} columns of ${options.of} computed in ${took.toFixed(1)} s.\n`);
  const values = made.map((one) => one.folder);
  const layers = [[...values, group.folder], values, [group.folder]].map((folders) => FeatureLayer.open(folders)!);
  await compareLayers(
    layers.map((one) => parcels.map((parcel) => ({ ...parcel, ...rowsOf(one, patches, parcel.id) }))),
    layers.map(({ columns }) => columns),
    classes.length,
  );
  for (const one of layers) one.close();
}

/** The same clicks learned from several layers, and from the one that they choose when each is held out. */
async function compareLayers(
  layers: readonly (readonly Parcel[])[],
  columns: readonly number[],
  classCount: number,
): Promise<void> {
  const names = ["both", "values", "embedding", "chosen"] as const;
  stdout.write(
    `clicks per class  ${names.map((name) => name.padStart(9)).join("  ")}   (macro F1; chosen: how often each)\n`,
  );
  const [parcels] = layers as [readonly Parcel[]];
  for (const clicks of options.clicks.split(",").map(Number)) {
    const found = names.map(() => [] as number[]);
    const chosenOften = [0, 0, 0];
    for (let seed = 1; seed <= Number(options.seeds); seed++) {
      const foldOf = foldsOf(parcels, classCount, seed);
      const answers = names.map(() => [] as number[]);
      const truth: number[] = [];
      for (let fold = 0; fold < folds; fold++) {
        const random = seededRandom("clicks", seed, fold);
        const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
        const places = parcels.map((_, at) => at);
        const clicked = Array.from({ length: classCount }, (_, position) => {
          const own = places.filter((at) => parcels[at]!.position === position && foldOf.get(parcels[at]!.id) !== fold);
          return Array.from({ length: clicks }, () => {
            const at = pick(own);
            return { at, row: pick([...parcels[at]!.rows.keys()]), position };
          });
        }).flat();
        const held = places.filter((at) => foldOf.get(parcels[at]!.id) === fold);
        const told: number[][] = [];
        const scores: (number | undefined)[] = [];
        for (const [l, layer] of layers.entries()) {
          const table = tableOf(clicked.map(({ at, row, position }) => ({ position, row: layer[at]!.rows[row]! })), columns[l]!, classCount); // biome-ignore format: one call
          const asked = tableOf(held.flatMap((at) => layer[at]!.rows.map((row) => ({ position: layer[at]!.position, row }))), columns[l]!, classCount); // biome-ignore format: one call
          if (l === 0) truth.push(...asked.classes);
          told.push(highest(predictLogisticRegression(await fitInstant(table), asked), classCount));
          scores.push(await heldOutScore(table, Int32Array.from(clicked.keys())));
        }
        const best = firstOfBest(scores);
        chosenOften[best]!++;
        for (const [i, own] of [...told, told[best]!].entries()) answers[i]!.push(...own);
      }
      for (const i of names.keys()) found[i]!.push(macroF1(classCount, answers[i]!, truth));
    }
    const mean = (list: readonly number[]) => (list.reduce((sum, one) => sum + one, 0) / list.length).toFixed(3);
    stdout.write(
      `${String(clicks).padStart(16)}  ${found.map((list) => mean(list).padStart(9)).join("  ")}   ${chosenOften.join(" / ")}\n`,
    );
  }
}

interface Parcel {
  readonly id: number;
  readonly position: number;
  /** values of its patches, and where they lie */
  readonly rows: readonly Float32Array[];
  readonly places: readonly (readonly [col: number, row: number])[];
}

function foldsOf(parcels: readonly Parcel[], classCount: number, seed: number): Map<number, number> {
  const foldOf = new Map<number, number>();
  for (let position = 0; position < classCount; position++)
    for (const [i, { id }] of shuffled(
      parcels.filter((parcel) => parcel.position === position),
      seededRandom("fold", seed, position),
    ).entries())
      foldOf.set(id, i % folds);
  return foldOf;
}

/** One click in each class, then clicks one after the other: where the program proposes them, beside patches drawn at random. */
async function compareProposed(parcels: readonly Parcel[], classCount: number, columns: number): Promise<void> {
  const totals = options.totals.split(",").map(Number);
  const found = { proposed: totals.map(() => [] as number[]), random: totals.map(() => [] as number[]) };
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    const foldOf = foldsOf(parcels, classCount, seed);
    const answers = { proposed: totals.map(() => [] as number[]), random: totals.map(() => [] as number[]) };
    const truth: number[] = [];
    for (let fold = 0; fold < folds; fold++) {
      const teaching = parcels.filter(({ id }) => foldOf.get(id) !== fold);
      const patches = teaching.flatMap(({ position, rows, places }) =>
        rows.map((row, i) => ({ position, row, place: places[i]! })),
      );
      const held = parcels
        .filter(({ id }) => foldOf.get(id) === fold)
        .flatMap(({ position, rows }) => rows.map((row) => ({ position, row })));
      const asked = tableOf(held, columns, classCount);
      truth.push(...asked.classes);
      for (const way of ["proposed", "random"] as const) {
        const random = seededRandom("next", seed, fold);
        const left = new Set(patches);
        const clicked: typeof patches = [];
        const click = (one: (typeof patches)[number]) => {
          clicked.push(one);
          left.delete(one);
        };
        for (let position = 0; position < classCount; position++) {
          const own = patches.filter((one) => one.position === position);
          click(own[Math.floor(random() * own.length)]!);
        }
        for (const [at, total] of totals.entries()) {
          while (clicked.length < total && left.size > 0) {
            const some = shuffled([...left], seededRandom("candidates", seed, fold, clicked.length)).slice(0, 1000);
            if (way === "random") {
              click(some[0]!);
              continue;
            }
            const fitted = await fitInstant(tableOf(clicked, columns, classCount));
            const table = tableOf(some, columns, classCount);
            const shares = predictLogisticRegression(fitted, table);
            const margins = Float32Array.from(some, (_, i) => {
              const [first, second] = [...shares.subarray(i * classCount, (i + 1) * classCount)].sort((p, q) => q - p);
              return first! - second!;
            });
            const cols = Int32Array.from(some, ({ place }) => place[0]);
            const rows = Int32Array.from(some, ({ place }) => place[1]);
            const known = tableOf(clicked, columns, classCount).values;
            const [next] = nextPlaces(
              { values: table.values, columns, margins, cols, rows },
              { count: 1, known, apart: 4 },
            );
            click(some[next ?? 0]!);
          }
          const fitted = await fitInstant(tableOf(clicked, columns, classCount));
          answers[way][at]!.push(...highest(predictLogisticRegression(fitted, asked), classCount));
        }
      }
    }
    for (const way of ["proposed", "random"] as const)
      for (const at of totals.keys()) found[way][at]!.push(macroF1(classCount, answers[way][at]!, truth));
  }
  const mean = (list: readonly number[]) => (list.reduce((sum, one) => sum + one, 0) / list.length).toFixed(3);
  stdout.write(`clicks in all  proposed  anywhere   (macro F1, one click in each class first)\n`);
  for (const [at, total] of totals.entries())
    stdout.write(
      `${String(total).padStart(13)}  ${mean(found.proposed[at]!).padStart(8)}  ${mean(found.random[at]!).padStart(8)}\n`,
    );
}

/** The standardised values of a parcel's patches. */
function rowsOf(layer: FeatureLayer, patches: LabelPatches, id: number): Pick<Parcel, "rows" | "places"> {
  const { columns, factors, side } = layer;
  const places = patches
    .patchesOf(id)
    .flatMap(({ col, row, width }) => Array.from({ length: width }, (_, i) => [col + i, row] as const));
  const rows = places.map(([col, row]) => {
    const { values } = layer.blockAt(col, row)!;
    const within = (at: number) => at - Math.floor(at / side) * side;
    const p = within(row) * side + within(col);
    return Float32Array.from(factors, (factor, j) => factor * values[p * columns + j]!);
  });
  return { rows, places };
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
