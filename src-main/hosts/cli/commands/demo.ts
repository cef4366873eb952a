import { mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { EvaluateResult, Imagery, MetricRow, ReportSpec, SubsetScore } from "../../../../src-shared/domain/job.ts";
import type { LegendClass } from "../../../../src-shared/domain/legend.ts";
import { type Method, methodNames, methods } from "../../../../src-shared/domain/method.ts";
import type { PooledScore } from "../../../jobs/leave-one-out.ts";
import type { Services } from "../../../services/services.ts";
import { appVersion } from "../../app-version.ts";
import { type Command, command } from "../command.ts";
import { comparison, type Figures, overSeeds, verdict } from "../demo/figures.ts";
import { chooseOnTraining, type ParcelSet, parcelTable, runFolds } from "../demo/leave-one-out.ts";
import { fillSampleProject, makeSampleProject, sampleClasses } from "../demo/sample-project.ts";
import { duration } from "../progress.ts";
import { table } from "../table.ts";
import { withProject } from "../with-project.ts";

const subsets = [["s2", "s1-asc"], ["s2"], ["s1-asc"]] as const;
const sensorNames = ["S2 + S1", "S2 alone", "S1 alone"] as const;

/** Tiles of 6 patches share 4 with the next one: every patch is looked at nine times. */
const overlapPatches = 4;

const demo = command({
  name: "demo",
  summary: "try everything on real data: two satellite series, parcels, a crop map and its accuracy",
  details:
    "Makes a project from the sample that ships with the program, pre-trains without labels, fine-tunes on the training parcels, teaches three simple methods beside it, scores everything on the test parcels, maps the square at 10 m with what wins on training parcels that are left out in turn, and writes a report. Some minutes on two processor cores.",
  positionals: [],
  options: {
    folder: { type: "text", value: "FOLDER", summary: "where the project is made", fallback: "demo" },
    seeds: {
      type: "integer",
      value: "N",
      summary: "independent repetitions that the figures are the mean of",
      fallback: "3",
    },
    provider: {
      type: "text",
      summary: "the device that computes",
      choices: ["auto", "cpu", "webgpu", "cuda"],
      fallback: "cpu, so that the figures are the same everywhere",
    },
  },
  examples: [["omnisat demo", "the whole way, three seeds"]],
  async run({ options, output, signal }) {
    const started = performance.now();
    const folder = resolve(options.folder ?? "demo");
    const seeds = options.seeds ?? 3;
    const provider = (options.provider ?? "cpu") as "cpu";
    const phases: { name: string; seconds: number }[] = [];
    const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const begin = performance.now();
      const value = await work();
      const seconds = (performance.now() - begin) / 1000;
      phases.push({ name, seconds });
      output.event("phase-done", { name, seconds }, `${name}: ${duration(seconds)}`);
      return value;
    };

    await timed("Project from the sample", () => makeSampleProject(folder));
    return withProject({ project: folder, purpose: "omnisat demo", output, signal }, async (services) => {
      const pixels = await timed("Import of imagery and parcels", () => fillSampleProject(services, folder));
      const codes = await sampleClasses(services);
      const evaluations: EvaluateResult[] = [];
      const curves: { title: string; metrics: readonly MetricRow[] }[] = [];
      for (let seed = 1; seed <= seeds; seed++) {
        const of = seeds > 1 ? ` (seed ${seed} of ${seeds})` : "";
        const pretrained = `pretrained-${seed}`;
        const crops = `crops-${seed}`;
        const done = async (id: number) => (await services["jobs.wait"]({ id })).result;
        await timed(`Pre-training without labels${of}`, async () => {
          const { id } = await services["runs.pretrain"]({ name: pretrained, seed, provider });
          await done(id);
          if (seed === 1) curves.push({ title: "Pre-training", metrics: await metricsOf(services, id) });
        });
        await timed(`Fine-tuning on the training parcels${of}`, async () => {
          const { id } = await services["runs.finetune"]({ name: crops, from: pretrained, seed, provider });
          await done(id);
          if (seed === 1) curves.push({ title: "Fine-tuning", metrics: await metricsOf(services, id) });
        });
        await timed(`Scoring on the test parcels${of}`, async () => {
          const { id } = await services["runs.evaluate"]({
            model: crops,
            provider,
            part: "test",
            overlapPatches,
            subsets: subsets.map((names) => [...names]),
            classSets: [codes.crops, codes.all],
          });
          evaluations.push((await done(id)) as EvaluateResult);
        });
      }
      const simple: Figures[] = [];
      const ofMethods = new Map<Method, EvaluateResult>();
      await timed("Regression, forest and boosted trees on monthly values", async () => {
        for (const method of methods)
          for (const [i, names] of subsets.entries()) {
            const model = `${method}-${i + 1}`;
            const { id } = await services["runs.finetune"]({ name: model, method, modalities: [...names], seed: 1 });
            await services["jobs.wait"]({ id });
            const scoring = await services["runs.evaluate"]({
              model,
              part: "test",
              subsets: [[...names]],
              classSets: [codes.crops, codes.all],
            });
            const { result } = await services["jobs.wait"]({ id: scoring.id });
            if (i === 0) ofMethods.set(method, result as EvaluateResult);
            const crops = scoreOf(result as EvaluateResult, names, codes.crops);
            const all = scoreOf(result as EvaluateResult, names, codes.all);
            const title = methodNames[method];
            simple.push(overSeeds(`${title[0]!.toUpperCase()}${title.slice(1)}, ${sensorNames[i]}`, [{ crops, all }]));
          }
      });
      const candidates = await timed("Choosing what draws the map, on training parcels", async () => {
        const { folder: modelFolder } = (await services["models.list"]({})).find(
          ({ name }) => name === "pretrained-1",
        )!;
        const context = { signal, phase: () => {}, metric: () => {}, review: () => {}, log: () => {} };
        const common = { services, folder, modelFolder, codes, subsets: subsets.slice(0, 1), seed: 1, overlapPatches };
        return chooseOnTraining(common, context);
      });
      const [best] = candidates;
      const drawer = best?.method ? `${best.method}-1` : "crops-1";
      const why = `The map is drawn by ${best!.title}: on training parcels that were left out in three turns it reaches the highest macro F1 (${candidates.map(({ title, pooled }) => `${title} ${(pooled.macroF1 ?? 0).toFixed(3)}`).join(", ")}).`;
      const map = await timed("Mapping the square at 10 m", async () => {
        const { id } = await services["maps.draw"]({ model: drawer, provider, probabilities: true, overlapPatches });
        await services["jobs.wait"]({ id });
        const drawn = (await services["maps.list"]({})).find(({ jobId }) => jobId === id);
        if (!drawn) throw new Error(`No map of job ${id}`);
        return drawn.files;
      });

      const own = subsets.map((names, i) =>
        overSeeds(
          `OmniSat, ${sensorNames[i]}`,
          evaluations.map((evaluation) => ({
            crops: scoreOf(evaluation, names, codes.crops),
            all: scoreOf(evaluation, names, codes.all),
          })),
        ),
      );
      const figures = comparison(own, pixels, codes, seeds, simple);
      const reached = verdict(
        own[0]!,
        simple.filter(({ name }) => name.endsWith(sensorNames[0])),
      );
      const reportPath = join(folder, "report.html");
      const { imagery, legend } = await contentOf(services);
      await timed("Report", () =>
        report(
          {
            outputPath: reportPath,
            imagery,
            legend,
            map,
            evaluations: [best?.method ? ofMethods.get(best.method)! : evaluations[0]!],
            curves,
            phases,
          },
          { table: figures, reached, why },
          signal,
        ),
      );
      const seconds = (performance.now() - started) / 1000;
      output.result(
        { command: "demo", folder, report: reportPath, seconds, figures, own, simple, candidates, drawer, phases },
        [
          "",
          figures.title,
          "",
          table(
            figures.columns,
            figures.rows.map((row) => row.map((cell) => cell ?? "–")),
          ),
          "",
          figures.note ?? "",
          "",
          reached,
          why,
          "",
          `Class map: ${relative(process.cwd(), map.classPath)} (open it in QGIS: colours and names are inside)`,
          `Report:    ${relative(process.cwd(), reportPath)}`,
          `Everything took ${duration(seconds)}.`,
        ].join("\n"),
      );
      return 0;
    });
  },
});

const parcels = command({
  name: "demo parcels",
  summary: "leave one parcel out at a time: the longer table behind the demo's settings",
  details:
    "Trains once per parcel and seed on all other parcels and scores the one left out. With --set train only the training parcels take part: that table chose every setting. With --set all the 13 parcels of three crops take part. Simple methods are taught on the same folds.",
  positionals: [],
  options: {
    folder: { type: "text", value: "FOLDER", summary: "where the project is made", fallback: "demo-parcels" },
    seeds: { type: "integer", value: "N", summary: "independent repetitions", fallback: "3" },
    set: { type: "text", summary: "which parcels are left out in turn", choices: ["train", "all"], fallback: "both" },
  },
  examples: [
    ["omnisat demo parcels", "both tables, three seeds: about an hour"],
    ["omnisat demo parcels --set train --seeds 1", "a quick look"],
  ],
  async run({ options, output, signal }) {
    const started = performance.now();
    const folder = resolve(options.folder ?? "demo-parcels");
    const seeds = options.seeds ?? 3;
    const sets: readonly ParcelSet[] = options.set === undefined ? ["train", "all"] : [options.set as ParcelSet];
    await makeSampleProject(folder);
    return withProject({ project: folder, purpose: "omnisat demo parcels", output, signal }, async (services) => {
      await fillSampleProject(services, folder);
      const codes = await sampleClasses(services);
      const scores = new Map<ParcelSet, PooledScore[][]>(sets.map((set) => [set, []]));
      for (let seed = 1; seed <= seeds; seed++) {
        const { id } = await services["runs.pretrain"]({ name: `pretrained-${seed}`, seed, provider: "cpu" });
        await services["jobs.wait"]({ id });
        const model = (await services["models.list"]({})).find(({ jobId }) => jobId === id);
        for (const set of sets) {
          const pooled = await runFolds(
            { services, folder, modelFolder: model?.folder ?? null, codes, set, subsets, seed, overlapPatches },
            {
              signal,
              phase: (name, fraction) => output.progress({ type: "phase", name: `${name}, seed ${seed}`, fraction }),
              metric: () => {},
              review: () => {},
              log: () => {},
            },
          );
          scores.get(set)!.push(pooled);
        }
      }
      const simple = new Map<ParcelSet, { method: Method; pooled: PooledScore[] }[]>();
      for (const set of sets) {
        const rows: { method: Method; pooled: PooledScore[] }[] = [];
        for (const method of methods) {
          const common = { services, folder, modelFolder: null, codes, set, seed: 1, overlapPatches, method };
          const phase = (name: string, fraction: number) =>
            output.progress({ type: "phase", name: `${name}, ${methodNames[method]}`, fraction });
          const context = { signal, phase, metric: () => {}, review: () => {}, log: () => {} };
          rows.push({ method, pooled: await runFolds({ ...common, subsets: subsets.slice(0, 1) }, context) });
        }
        simple.set(set, rows);
      }
      const seconds = (performance.now() - started) / 1000;
      const tables = sets.map((set) => parcelTable(set, scores.get(set)!, simple.get(set)!));
      output.result(
        { command: "demo parcels", folder, seconds, tables },
        [
          ...tables.flatMap(({ title, columns, rows, note }) => ["", title, "", table(columns, rows), "", note]),
          "",
          `Everything took ${duration(seconds)}.`,
        ].join("\n"),
      );
      return 0;
    });
  },
});

function scoreOf({ subsets: scores }: EvaluateResult, names: readonly string[], codes: readonly number[]): SubsetScore {
  const found = scores.find(
    ({ modalities, classSet }) => modalities.join() === names.join() && classSet.join() === codes.join(),
  );
  if (!found) throw new Error(`No score of ${names.join(" + ")} for classes ${codes.join(", ")}`);
  return found;
}

async function metricsOf(services: Services, jobId: number): Promise<readonly MetricRow[]> {
  const runs = await services["runs.list"]({});
  const run = runs.find((candidate) => candidate.jobId === jobId);
  return run ? services["runs.metrics"]({ id: run.id }) : [];
}

async function contentOf(
  services: Services,
): Promise<{ readonly imagery: Imagery; readonly legend: readonly LegendClass[] }> {
  const [imagery, { legends }] = await Promise.all([services["project.imagery"]({}), services["project.describe"]({})]);
  return { imagery, legend: legends.flatMap(({ classes }) => classes) };
}

async function report(
  content: Pick<ReportSpec, "outputPath" | "imagery" | "legend" | "map" | "evaluations" | "curves" | "phases">,
  demoFigures: { readonly table: ReturnType<typeof comparison>; readonly reached: string; readonly why: string },
  signal: AbortSignal,
): Promise<void> {
  const { inProcessRunner } = await import("../../job-process/in-process.ts");
  const folder = join(content.outputPath, "..", "runs", "report");
  await mkdir(folder, { recursive: true });
  const spec: ReportSpec = {
    kind: "report",
    folder,
    seed: 0,
    provider: "cpu",
    resume: false,
    appVersion,
    title: "Crop map of a square in Flanders, 2019",
    areas: null,
    tables: [demoFigures.table],
    notes: [
      ...demoFigures.reached.split("\n"),
      demoFigures.why,
      "The accuracy tables below are those of the model that drew the map, taught with the first seed. Test parcels are whole parcels that the network never saw with a label; its pre-training saw the imagery of the whole square, without labels.",
      "Pixels of one parcel are alike: the intervals treat them as independent and are therefore too narrow. With six test parcels of three crops, one parcel more or less changes the figures by several hundredths.",
      "Every setting was chosen by leaving one training parcel out at a time.",
    ],
    attribution: [
      "Contains modified Copernicus Sentinel data 2018–2019.",
      "Parcels: Landbouwgebruikspercelen (LPIS) Flanders, open data licence, through WorldCereal (commit 5db1e24, MIT).",
    ],
    ...content,
  };
  await inProcessRunner(spec, () => {}, signal);
}

export const demoCommands: readonly Command[] = [demo, parcels];
