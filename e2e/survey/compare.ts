/**
 * Compares the program's methods over data sets of other people by cross-validation, and prints a table.
 *
 *     npm run survey:methods -- [--data DIR] [--sets A,B] [--methods A,B] [--seeds 1,2,3] [--folds 5] [--tested 5] [--keep DIR] [--write]
 *     npm run survey:methods -- --project DIR [--allow IMAGERY] [--by polygons|blocks] [--methods A,B] [--seeds 1,2,3] [--folds 5] [--tested 5] [--keep DIR]
 *
 * Each seed moves the folds and everything that is drawn at random. Polygons are left out whole; of wall-to-wall labels,
 * blocks. Every label tests once per seed: the counts of a seed's folds are added before anything is divided, and the table
 * has mean ± standard deviation over the seeds. With `--tested 1` a seed tests on one of its folds only: less time, and a table of fewer labels. `--project` compares on a copy of a project of your own; `--allow` names where its
 * imagery lies when that is outside of it. `--encoder FOLDER` takes that encoder in the place of the shipped one, which is left out on sets
 * whose images it has learned from (`e2e/encoder.ts --without SET` makes one that has not). Every command is a process of its own with the program's defaults. With
 * `--keep` what was measured is kept in DIR and not measured again.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { omnisat } from "../omnisat.ts";
import { type Method, methods } from "./methods.ts";
import { type SurveyCommand, type SurveySet, surveySets } from "./sets.ts";
import { writeBetween } from "./table.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    sets: { type: "string" },
    methods: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
    folds: { type: "string", default: "5" },
    tested: { type: "string" },
    keep: { type: "string" },
    project: { type: "string" },
    allow: { type: "string" },
    by: { type: "string", default: "polygons" },
    write: { type: "boolean", default: false },
    encoder: { type: "string" },
  },
});

/** A folder, or a name of the program's own. */
const encoder = values.encoder ? resolve(values.encoder) : "shipped:europe-10m";

/** Counts of patches or polygons: rows are the map, columns the reference. */
interface Confusion {
  readonly codes: readonly number[];
  readonly counts: readonly (readonly number[])[];
}

/** As `evaluate --json` prints it, as far as it is used here. */
interface SubsetScore {
  readonly modalities: readonly string[];
  readonly classSet: readonly number[];
  readonly samples: number;
  readonly confusion: Confusion["counts"];
  readonly perPolygon?: { readonly confusion: Confusion["counts"] };
  readonly calibrationError?: number | null;
}

/** What one method reached with one seed on one subset of the sensors, over all folds together. */
interface Pooled {
  readonly modalities: readonly string[];
  readonly confusion: Confusion;
  /** one answer per polygon, where labels are polygons */
  readonly polygons: Confusion | null;
  /** expected calibration error, mean over folds weighted by their patches */
  readonly calibration: number;
}

interface Measured {
  readonly set: string;
  readonly method: string;
  readonly seed: number;
  readonly subsets: readonly Pooled[];
  /** of all commands of the method */
  readonly seconds: number;
  /** folds that ended with a refusal, by their sentences */
  readonly refused: readonly string[];
}

async function compare(): Promise<number> {
  const data = resolve(values.data);
  const seeds = values.seeds.split(",").map(Number);
  const folds = Number(values.folds);
  const tested = Number(values.tested ?? folds);
  if (
    !seeds.every((seed) => Number.isInteger(seed) && seed >= 0) ||
    !(folds >= 2) ||
    !(tested >= 1 && tested <= folds)
  ) {
    console.error("Seeds are whole numbers separated by commas, folds a number from 2 on, tested a number of them.");
    return 2;
  }
  const named = <T extends { readonly name: string }>(all: readonly T[], wanted: string | undefined): readonly T[] =>
    wanted
      ? wanted.split(",").flatMap((word) => {
          const exact = all.filter(({ name }) => name === word);
          return exact.length > 0 ? exact : all.filter(({ name }) => name.includes(word));
        })
      : all;
  const sets = values.project
    ? [ownSet(resolve(values.project))]
    : named(
        surveySets.filter((set) => set.folds),
        values.sets,
      );
  const chosen = named(methods, values.methods);
  if (sets.length === 0 || chosen.length === 0) {
    console.error(`Nothing is called so. Methods: ${methods.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const missing = sets.filter(({ folder }) => !existsSync(resolve(data, folder)));
  if (missing.length > 0) {
    console.error(
      `${data} has no ${[...new Set(missing.map(({ folder }) => folder))].join(", ")}. Name the folder of the data sets with --data.`,
    );
    return 1;
  }
  const work = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), "omnisat-compare-"));
  mkdirSync(work, { recursive: true });
  const measured: Measured[] = [];
  try {
    for (const set of sets) {
      const own = join(work, set.name.replaceAll(/[^A-Za-z0-9-]+/g, "_"));
      mkdirSync(own, { recursive: true });
      measured.push(...(await measureSet(set, resolve(data, set.folder), own, chosen, seeds, { folds, tested })));
    }
  } finally {
    if (!values.keep) rmSync(work, { recursive: true, force: true });
  }
  const table = tableOf(measured, tested);
  console.log(`\n${table}`);
  if (values.write) console.log(`Wrote the table into ${writeBetween("methods", table)}.`);
  for (const { set, method, refused } of measured)
    for (const sentence of refused) console.error(`${set}, ${method}: ${sentence}`);
  return 0;
}

/** A project that is there already: it is copied, and its labels are split anew. */
const ownSet = (folder: string): SurveySet => ({
  name: basename(folder),
  folder,
  about: "a project of one's own",
  prepare: () => [],
  learn: () => [],
  folds: values.by === "blocks" ? "blocks" : "polygons",
});

async function measureSet(
  set: SurveySet,
  data: string,
  work: string,
  chosen: readonly Method[],
  seeds: readonly number[],
  { folds, tested }: Folds,
): Promise<Measured[]> {
  console.log(`\n== ${set.name}: ${set.about}`);
  const project = join(work, "project");
  if (!existsSync(join(work, "prepared"))) {
    rmSync(project, { recursive: true, force: true });
    const prepare = set.prepare(project, data);
    const commands = set.compared ? [...prepare.slice(0, -1), ...set.compared(project, data, work)] : prepare;
    for (const command of commands) await must(command);
    if (commands.length === 0) {
      cpSync(data, project, { recursive: true });
      await must(["project", "list", project, ...(values.allow ? ["--allow", resolve(values.allow)] : [])]);
    }
    writeFileSync(join(work, "prepared"), "");
  }
  // A model outside of the project is read when the person says so.
  if (values.encoder) await must(["project", "list", project, "--allow", encoder]);
  const measured: Measured[] = [];
  for (const seed of seeds) {
    for (const method of chosen) {
      if (method.ofEncoder && set.inEncoder && values.encoder === undefined) {
        console.log(`  ${method.name}: left out, since the encoder has learned from these images`);
        continue;
      }
      const file = join(
        work,
        `${method.name.replaceAll(/[^A-Za-z0-9-]+/g, "_")}-${seed}-${tested === folds ? "" : `${tested}-`}of-${folds}.json`,
      );
      if (!existsSync(file)) {
        const one = await measure(set, project, method, seed, { folds, tested });
        writeFileSync(file, JSON.stringify(one));
      }
      const one = JSON.parse(readFileSync(file, "utf8")) as Measured;
      measured.push(one);
      const [all] = one.subsets;
      console.log(
        `  ${method.name}, seed ${seed}: ${all ? `macro F1 ${three(scored(all.confusion).macroF1)}` : "refused"}, ${one.seconds.toFixed(0)} s`,
      );
    }
  }
  return measured;
}

async function measure(
  set: SurveySet,
  project: string,
  method: Method,
  seed: number,
  { folds, tested }: Folds,
): Promise<Measured> {
  const started = performance.now();
  const pooled = new Map<string, { pooled: Pooled; samples: number }>();
  const refused: string[] = [];
  const once = await Promise.resolve(method.once?.(project, seed) ?? []);
  for (const command of once) await run(command);
  for (let fold = 1; fold <= tested; fold++) {
    const split = ["--method", set.folds!, "--folds", String(folds), "--fold", String(fold), "--seed", String(seed)];
    const model = `${method.name}-${seed}-${fold}`.replaceAll(/[^A-Za-z0-9-]+/g, "-");
    try {
      await must(["split", project, ...split, "--too-few", "train"]);
      for (const command of method.train(project, model, seed, encoder)) await must(command);
      const subsets = subsetsOf((await must(["project", "list", project])).modalities as readonly Modality[]);
      const { subsets: scores } = await must([
        "evaluate",
        project,
        model,
        "--subsets",
        (method.subsets ? subsets : subsets.slice(0, 1)).join(","),
      ]);
      for (const score of scores as readonly SubsetScore[]) add(pooled, score);
    } catch (error) {
      refused.push(`fold ${fold}: ${(error as Error).message}`);
    }
  }
  return {
    set: set.name,
    method: method.name,
    seed,
    subsets: [...pooled.values()].map((own) => own.pooled),
    seconds: (performance.now() - started) / 1000,
    refused,
  };
}

interface Folds {
  readonly folds: number;
  /** of a seed, so many of its folds */
  readonly tested: number;
}

interface Modality {
  readonly name: string;
}

/** All sensors together first, then each alone. */
function subsetsOf(modalities: readonly Modality[]): readonly string[] {
  const names = modalities.map(({ name }) => name);
  return names.length > 1 ? [names.join("+"), ...names] : names;
}

/** Adds a fold. Its classes may be fewer than another's: the matrix grows. */
function add(pooled: Map<string, { pooled: Pooled; samples: number }>, score: SubsetScore): void {
  const key = score.modalities.join("+");
  const before = pooled.get(key);
  const codes = [...new Set([...(before?.pooled.confusion.codes ?? []), ...score.classSet])].toSorted((p, q) => p - q);
  const at = ({ codes: own, counts }: Confusion, map: number, reference: number): number =>
    counts[own.indexOf(map)]?.[own.indexOf(reference)] ?? 0;
  const sum = (earlier: Confusion | null | undefined, counts: Confusion["counts"]): Confusion => {
    const own = { codes: score.classSet, counts };
    return {
      codes,
      counts: codes.map((map) =>
        codes.map((reference) => (earlier ? at(earlier, map, reference) : 0) + at(own, map, reference)),
      ),
    };
  };
  const samples = (before?.samples ?? 0) + score.samples;
  const error = score.calibrationError ?? 0;
  pooled.set(key, {
    samples,
    pooled: {
      modalities: score.modalities,
      confusion: sum(before?.pooled.confusion, score.confusion),
      polygons: score.perPolygon
        ? sum(before?.pooled.polygons, score.perPolygon.confusion)
        : (before?.pooled.polygons ?? null),
      calibration:
        samples === 0
          ? 0
          : ((before?.pooled.calibration ?? 0) * (before?.samples ?? 0) + error * score.samples) / samples,
    },
  });
}

/** Runs a command and gives its last result. @throws Error with the sentence of a refusal */
async function must(command: SurveyCommand): Promise<Readonly<Record<string, unknown>>> {
  const { result, sentence } = await run(command);
  if (sentence !== null) throw new Error(`${command.slice(0, 1).join(" ")}: ${sentence}`);
  return result;
}

async function run(
  command: SurveyCommand,
): Promise<{ readonly result: Readonly<Record<string, unknown>>; readonly sentence: string | null }> {
  const [program = "", ...rest] = command;
  if (/^(gdal_|ogr2ogr)/.test(program)) {
    execFileSync(program, rest, { stdio: ["ignore", "ignore", "pipe"] });
    return { result: {}, sentence: null };
  }
  const { code, out, err } = await omnisat(...command, "--json");
  const objects = [...out.split("\n"), ...err.split("\n")].flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
  const error = objects.findLast(({ type }) => type === "error");
  return {
    result: objects.findLast(({ type }) => type === "result") ?? {},
    sentence: code === 0 ? null : String(error?.message ?? err.trim().split("\n").at(-1)),
  };
}

/** Accuracy of a matrix; the macro F1 is over the classes that the reference has (scikit-learn with their `labels`). */
function scored({ counts }: Confusion): {
  readonly overallAccuracy: number | null;
  readonly macroF1: number | null;
  readonly commonest: number | null;
} {
  const reference = counts.map((_, column) => counts.reduce((sum, row) => sum + row[column]!, 0));
  const all = reference.reduce((sum, count) => sum + count, 0);
  if (all === 0) return { overallAccuracy: null, macroF1: null, commonest: null };
  const f1 = reference.flatMap((support, k) => {
    const mapped = counts[k]!.reduce((sum, count) => sum + count, 0);
    return support === 0 ? [] : [(2 * counts[k]![k]!) / (support + mapped)];
  });
  return {
    overallAccuracy: counts.reduce((sum, row, k) => sum + row[k]!, 0) / all,
    macroF1: f1.reduce((sum, value) => sum + value, 0) / f1.length,
    commonest: Math.max(...reference) / all,
  };
}

/** A row per set, method and subset of sensors. */
function tableOf(measured: readonly Measured[], tested: number): string {
  const head = [
    "set",
    "method",
    "sensors",
    "macro F1",
    "OA",
    "polygons right",
    "macro F1 of polygons",
    "ECE",
    "commonest",
    "time",
  ];
  const rows = [...Map.groupBy(measured, ({ set, method }) => `${set}\n${method}`).values()].flatMap((own) => {
    const { set, method } = own[0]!;
    const keys = [...new Set(own.flatMap(({ subsets }) => subsets.map(({ modalities }) => modalities.join("+"))))];
    if (keys.length === 0) return [[set, method, "–", "refused", "–", "–", "–", "–", "–", "–"]];
    return keys.map((key) => {
      const pooled = own.flatMap(({ subsets }) => subsets.filter(({ modalities }) => modalities.join("+") === key));
      const pixels = pooled.map(({ confusion }) => scored(confusion));
      const polygons = pooled.flatMap((one) => (one.polygons ? [scored(one.polygons)] : []));
      return [
        set,
        method,
        key,
        spread(pixels.map(({ macroF1 }) => macroF1)),
        spread(pixels.map(({ overallAccuracy }) => overallAccuracy)),
        spread(polygons.map(({ overallAccuracy }) => overallAccuracy)),
        spread(polygons.map(({ macroF1 }) => macroF1)),
        spread(pooled.map(({ calibration }) => calibration)),
        spread(pixels.map(({ commonest }) => commonest)),
        `${(own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length / tested).toFixed(0)} s`,
      ];
    });
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Mean ± standard deviation (n − 1). */
function spread(given: readonly (number | null)[]): string {
  const known = given.filter((value) => value !== null);
  if (known.length === 0) return "–";
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length === 1) return three(mean);
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1);
  return `${three(mean)} ± ${three(Math.sqrt(variance))}`;
}

const three = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

process.exitCode = await compare();
