import type { ModelResult } from "../../../../src-shared/domain/job.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { errorFrom } from "../../../../src-shared/ipc/errors.ts";
import type { InstantSource } from "../../../../src-shared/ipc/instant.ts";
import type { Services } from "../../../services/services.ts";
import { type Command, command } from "../command.ts";
import { duration } from "../progress.ts";
import { table } from "../table.ts";
import { given } from "../values.ts";
import { withProject } from "../with-project.ts";
import { sourceOf, sourceOption, sourceWords } from "./features.ts";
import { scoresText } from "./models.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;

const instant = command({
  name: "instant",
  summary: "keep the instant map as a model, to be mapped and evaluated like any other",
  details:
    "The instant map learns from the labels of the training part (without a split, from all), in a second. Without NAME it only says what it learned from. Needs “omnisat features” first.",
  positionals: [projectWord, { name: "NAME", summary: "name of the model", optional: true }],
  options: { "learn-from": sourceOption },
  examples: [
    ["omnisat instant flanders", "what it has learned"],
    ["omnisat instant flanders --learn-from both:shipped:europe-10m", "from now on of values and that embedding"],
    ["omnisat instant flanders clicks", "keep it; then omnisat map flanders clicks, omnisat evaluate flanders clicks"],
  ],
  async run({ words, options, output, signal }) {
    const [project, name] = words;
    const wanted = options["learn-from"];
    const from = wanted === undefined || wanted === "labels" ? null : sourceOf(wanted, "omnisat instant --help");
    return withProject({ project: project!, purpose: "omnisat instant", output, signal }, async (services) => {
      if (wanted !== undefined) await services["instant.learnFrom"]({ from });
      if (name === undefined) {
        const { features: facts, learned, source } = await services["instant.state"]({ learn: true, settled: true });
        if (!learned)
          throw facts.state === "stale"
            ? new AppError("instant-stale", { modalities: facts.missing })
            : new AppError("instant-not-prepared", {});
        const { classes, rows, labels, heldBack, outside, kind } = learned;
        output.result(
          { command: "instant", ...learned, source },
          [
            kind === "nothing"
              ? "No label teaches it yet."
              : kind === "similarity"
                ? "One class has labels: it shows how alike every place is to them. Label another class for a map."
                : `Learned ${classes.filter(({ patches }) => patches > 0).length} classes from ${rows} patches of ${labels} labels.`,
            ...classes.map((one) => `  ${one.name}: ${one.patches} ${one.patches === 1 ? "patch" : "patches"}`),
            ...(source ? sourceLines(source) : []),
            ...(heldBack > 0 ? [`  ${heldBack} labels are for validation and test, and teach nothing.`] : []),
            ...(outside > 0
              ? [`  ${outside} labels lie where no image shows anything, or share their patches with others.`]
              : []),
          ].join("\n"),
        );
        return 0;
      }
      const { id } = await services["instant.keep"]({ name, map: false });
      const result = (await services["jobs.wait"]({ id })).result as ModelResult;
      const model = (await services["models.list"]({})).find((one) => one.name === name);
      output.result(
        { command: "instant", job: id, name, ...result, modelFolder: model?.folder ?? result.modelFolder },
        [
          `Kept the instant map as the model “${name}” in ${duration(result.seconds)}.`,
          `  Draw it with: omnisat map ${project} ${name}`,
        ].join("\n"),
      );
      output.findings(result.findings ?? []);
      return 0;
    });
  },
});

/** What it learns from, and why. */
function sourceLines({ used, by, tried }: InstantSource): string[] {
  const why = { person: ", as you chose", labels: ", as the labels chose", usual: "" }[by];
  return [
    `  Learned from ${sourceWords(used)}${why}.`,
    ...tried.map(
      ({ from, macroF1 }) => `    ${sourceWords(from)}: macro F1 ${macroF1.toFixed(3)} on labels held out whole`,
    ),
  ];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Names of classes by their codes. */
async function classNames(services: Services): Promise<(code: number) => string> {
  const { learned } = await services["instant.state"]({ learn: true });
  const names = new Map(learned?.classes.map(({ code, name }) => [code, name]));
  return (code) => names.get(code) ?? String(code);
}

const next = command({
  name: "instant next",
  summary: "where a label would help most",
  details:
    "Places where the instant map is uncertain, each unlike the labelled ones and the others. None lies in the test part or on a label. Coordinates are the middle of a patch, in the project's CRS. Needs “omnisat features” first.",
  positionals: [projectWord],
  options: { count: { type: "integer", value: "N", summary: "how many places; 10 when left out" } },
  examples: [["omnisat instant next flanders --count 5", "five places to label"]],
  async run({ words, options, output, signal }) {
    const count = options.count ?? 10;
    return withProject({ project: words[0]!, purpose: "omnisat instant", output, signal }, async (services) => {
      const places = await services["instant.next"]({ count });
      const nameOf = await classNames(services);
      output.result(
        { command: "instant next", places },
        [
          places.length === 0
            ? "There is no place left to propose."
            : `${places.length} places to label, the most useful first:`,
          ...places.map(
            ({ x, y, classCode, confidence }) =>
              `  ${x} ${y}${classCode === null ? "" : `  ${nameOf(classCode)}, ${percent(confidence)}`}`,
          ),
        ].join("\n"),
      );
      return 0;
    });
  },
});

const suspicious = command({
  name: "instant suspicious",
  summary: "labels that the other labels contradict",
  details:
    "Each label of the training part is held out once; it is listed when what is learned from all the others gives it another class. Look at each: the label may be wrong, or the place unusual. Needs “omnisat features” first.",
  positionals: [projectWord],
  options: {},
  examples: [["omnisat instant suspicious flanders", "the most contradicted first"]],
  async run({ words, output, signal }) {
    return withProject({ project: words[0]!, purpose: "omnisat instant", output, signal }, async (services) => {
      const { labels, judged, alone } = await services["instant.suspicious"]({});
      const nameOf = await classNames(services);
      output.result(
        { command: "instant suspicious", labels, judged, alone },
        [
          `${labels.length} of ${judged} labels look like another class${labels.length === 0 ? "." : ":"}`,
          ...labels.map(
            ({ id, classCode, proposed, proposedShare, ownShare }) =>
              `  label ${id}: “${nameOf(classCode)}” (${percent(ownShare)}), the others say “${nameOf(proposed)}” (${percent(proposedShare)})`,
          ),
          ...(alone > 0 ? [`  ${alone} labels are the only ones of their class: nothing can be said of them.`] : []),
        ].join("\n"),
      );
      return 0;
    });
  },
});

const train = command({
  name: "instant train",
  summary: "from labels to a trained map beside the instant one: one command",
  details:
    "Keeps the instant map as it is, teaches a network on the same labels, maps both, and measures both on the labels of the test part, the network also with each input alone. Where no label tests, the labels are split by blocks first. Without --from it starts from the newest encoder of the project, else it teaches one. Ctrl+C stops at the next step; --resume goes on. Needs “omnisat features” first.",
  positionals: [projectWord, { name: "NAME", summary: "name of the trained model and map", optional: true }],
  options: {
    from: {
      type: "text",
      value: "MODEL",
      summary: "the encoder to start from, of the project or shipped:NAME",
      fallback: "the newest of the project, else one is taught",
    },
    scratch: { type: "flag", summary: "start from random weights" },
    preset: {
      type: "text",
      summary: "how long both trainings take",
      choices: ["quick", "balanced", "thorough"],
      fallback: "balanced",
    },
    steps: { type: "integer", value: "N", summary: "updates of both trainings, in the place of the preset's" },
    seed: { type: "integer", summary: "random seed; the same number repeats it", fallback: "0" },
    resume: { type: "flag", summary: "go on where the last one stopped" },
  },
  examples: [
    ["omnisat instant train flanders crops", "instant map and trained map side by side"],
    ["omnisat instant train flanders crops --preset quick --scratch", "in a few minutes"],
    ["omnisat instant train flanders --resume", "after an interruption"],
  ],
  async run({ words, options, output, signal }) {
    const [project, name] = words;
    const { from, scratch, preset, steps, seed, resume } = options;
    const usage = (problem: string) => new AppError("usage", { problem, help: "omnisat instant train --help" });
    if (scratch && from !== undefined) throw usage("--scratch and --from exclude each other.");
    if (name === undefined && !resume) throw usage("Name the trained map.");
    return withProject({ project: project!, purpose: "omnisat instant", output, signal }, async (services) => {
      const stopped = resume ? (await services["chains.list"]({})).findLast(({ ended }) => ended === null) : undefined;
      if (resume && !stopped) throw new AppError("job-nothing-to-resume", { kind: "finetune" });
      if (stopped) await services["chains.resume"]({ id: stopped.id });
      const { id } =
        stopped ??
        (await services["chains.start"]({
          name: name!,
          instant: `${name} instant`,
          encoder: `${name} encoder`,
          ...(scratch ? { start: { kind: "scratch" as const } } : {}),
          ...(from === undefined ? {} : { start: { kind: "model" as const, name: from } }),
          ...given({ preset: preset as "quick" | undefined, steps, seed }),
        }));
      const chain = await services["chains.wait"]({ id });
      if (chain.problem) throw errorFrom(chain.problem);
      const { instant: kept, trained, splitMade } = chain.plan;
      const scores = await services["models.scores"]({ models: [kept, trained] });
      const accuracy = await services["runs.accuracy"]({ model: trained });
      const inputs = (accuracy?.subsets ?? []).map(({ modalities, macroF1, overallAccuracy }) => [
        modalities.join(" + "),
        macroF1?.toFixed(3) ?? "–",
        overallAccuracy?.toFixed(3) ?? "–",
      ]);
      output.result(
        { command: "instant train", ...chain, scores, subsets: accuracy?.subsets ?? [] },
        [
          `“${trained}” and the instant map “${kept}” are mapped, and measured on the same labels.`,
          ...(splitMade ? ["No label tested, so the labels were split first."] : []),
          "",
          scoresText(scores),
          ...(inputs.length > 1 ? ["", table(["inputs", "macro F1", "overall accuracy"], inputs)] : []),
        ].join("\n"),
      );
      return 0;
    });
  },
});

export const instantCommands: readonly Command[] = [instant, next, suspicious, train];
