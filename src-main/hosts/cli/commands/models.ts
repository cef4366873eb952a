import { findingSentence } from "../../../../src-shared/domain/finding.ts";
import { methodInWords } from "../../../../src-shared/domain/method.ts";
import {
  apartSentence,
  betterMethod,
  isToldApart,
  type ScoreRow,
  type ScoreTable,
  scoreSentences,
} from "../../../../src-shared/domain/score-table.ts";
import type { ShippedModel } from "../../../../src-shared/ipc/models.ts";
import { type Command, command } from "../command.ts";
import { duration } from "../progress.ts";
import { table } from "../table.ts";
import { withProject } from "../with-project.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;

const list = command({
  name: "model list",
  summary: "show the models of a project, and the encoders that come with the program",
  positionals: [projectWord],
  options: {},
  examples: [["omnisat model list flanders", "as a table"]],
  async run({ words, output, signal }) {
    const purpose = "omnisat model list";
    return withProject({ project: words[0]!, purpose, readOnly: true, output, signal }, async (services) => {
      const models = await services["models.list"]({});
      const rows = models.map((model) => {
        const metrics = Object.entries(model.summary.metrics).map(([name, v]) => `${name} ${Number(v.toPrecision(4))}`);
        const { name, kind, modalities, summary, createdAt, state } = model;
        const made = createdAt.slice(0, 16).replace("T", " ");
        const best = model.recommended ? "recommended" : "";
        return [name, kind, modalities.join(" "), summary.architecture, summary.steps, metrics.join(", "), made, state, best]; // biome-ignore format: one row
      });
      const headings = [
        "model",
        "kind",
        "modalities",
        "size",
        "steps",
        "figures",
        "made (UTC)",
        "files",
        "on validation",
      ];
      const shipped = await services["models.shipped"]({});
      const text = [models.length ? table(headings, rows) : "No models yet.", ...shippedText(shipped)].join("\n");
      output.result({ command: "model list", models, shipped }, text);
      return 0;
    });
  },
});

/** What comes with the program, and whether a training here can start from it. */
function shippedText(shipped: readonly ShippedModel[]): string[] {
  if (shipped.length === 0) return [];
  const rows = shipped.map(({ name, title, inputs, patchMeters, licence, why }) => [
    name,
    title,
    inputs.map((input) => (input.from === null || input.from === input.name ? input.name : `${input.name} (${input.from})`)).join(" "), // biome-ignore format: one line
    patchMeters === null ? "" : `${patchMeters} m`,
    licence ?? "",
    why === null ? `omnisat finetune … --from ${name}` : "does not fit",
  ]);
  return [
    "",
    "Comes with the program (saves the pre-training step):",
    table(["name", "title", "inputs", "patches", "licence", "here"], rows),
    ...shipped.flatMap(({ name, why, findings }) => [
      ...(why === null ? [] : [`${name}: ${why.message}`]),
      ...findings.map((finding) => `${name}: ${findingSentence(finding)}`),
    ]),
  ];
}

const exportModel = command({
  name: "model export",
  summary: "write a model for others: weights, description, model card",
  details:
    "The folder or .zip holds model.json, weights.safetensors, golden.json (answers that are compared before the model is used elsewhere) and a README that says what the model reads, how it was made, and its limits. Another project uses it by naming the folder.",
  positionals: [
    projectWord,
    { name: "MODEL", summary: "the model's name" },
    { name: "OUTPUT", summary: "a new folder, or a file that ends in .zip" },
  ],
  options: {
    onnx: { type: "integer", value: "DATES", summary: "also write model.onnx, for so many dates of each series" },
    overwrite: { type: "flag", summary: "replace the output when it exists" },
  },
  examples: [
    ["omnisat model export flanders crops crops-model", "a folder"],
    [
      "omnisat model export flanders crops crops-model.zip --onnx 24",
      "one file, with an ONNX graph for other programs",
    ],
  ],
  async run({ words, options, output, signal }) {
    const [project, name, to] = words;
    const purpose = "omnisat model export";
    return withProject({ project: project!, purpose, readOnly: true, output, signal }, async (services) => {
      const result = await services["models.export"]({
        name: name!,
        to: to!,
        overwrite: options.overwrite,
        onnxDates: options.onnx ?? null,
      });
      output.result(
        { command: "model export", ...result },
        [`Exported “${name}” to ${result.path}:`, ...result.files.map((file) => `  ${file}`)].join("\n"),
      );
      return 0;
    });
  },
});

const scores = command({
  name: "model scores",
  summary: "compare the models of a project on the same labels, networks and simple methods alike",
  details:
    "On the test part stand the models that evaluate has measured, on the validation part those that were taught with one. Scores of other splits, other labels or other classes are named and left out.",
  positionals: [projectWord],
  options: {
    part: { type: "text", summary: "labels to compare on", choices: ["test", "validation"], fallback: "test" },
  },
  examples: [["omnisat model scores flanders --part validation", "what the recommended model is chosen by"]],
  async run({ words, options, output, signal }) {
    const purpose = "omnisat model scores";
    const part = (options.part ?? "test") as ScoreTable["part"];
    return withProject({ project: words[0]!, purpose, readOnly: true, output, signal }, async (services) => {
      const scored = await services["models.scores"]({ part });
      output.result({ command: "model scores", ...scored, sentences: scoreSentences(scored) }, scoresText(scored));
      return 0;
    });
  },
});

/** A table of scores as text: a line per model, who wins, and who is not compared. */
export function scoresText(scored: ScoreTable): string {
  const { part, rows, apart, commonest } = scored;
  const headings = [
    "model",
    "what it is",
    "inputs",
    "patches",
    "polygons",
    "macro F1",
    "overall accuracy",
    "polygons right",
    "macro F1 of polygons",
    "behind the best",
    "calibration error",
    "training",
    "says",
  ];
  const three = (value: number | null): string => (value === null ? "–" : value.toFixed(3));
  const says = (row: ScoreRow): string => {
    const better = betterMethod(scored, row);
    return [
      ...(row.recommended ? ["recommended"] : []),
      ...(row.elsewhere ? ["from elsewhere"] : []),
      ...(better ? [`“${better.model}” does better`] : []),
    ].join(", ");
  };
  const lines = rows.map((row) => [
    row.model,
    row.method ? methodInWords(row.method, row) : "network",
    row.modalities.join(" + "),
    row.samples,
    row.polygons,
    three(row.macroF1),
    three(row.overallAccuracy),
    three(row.polygonsRight),
    three(row.polygonsMacroF1),
    behindText(row),
    three(row.calibrationError),
    duration(row.seconds) + (row.secondsBefore > 0 ? ` after ${duration(row.secondsBefore)}` : ""),
    says(row),
  ]);
  return [
    rows.length > 0 ? table(headings, lines) : `No model was measured on the ${part} part of the present split.`,
    ...(commonest ? ["", `Always answering “${commonest.name}” would be right in ${three(commonest.share)}.`] : []),
    ...scoreSentences(scored),
    ...apart.map((own) => apartSentence(own, part)),
  ].join("\n");
}

/** How far the best is ahead by macro F1, and whether the labels can tell them apart. */
function behindText({ behind }: ScoreRow): string {
  const gap = behind?.macroF1;
  if (!gap) return "–";
  const [low, high] = gap.interval.map((value) => value.toFixed(3));
  return `${gap.value.toFixed(3)} (${low} to ${high})${isToldApart(gap) ? "" : ", not told apart"}`;
}

export const modelCommands: readonly Command[] = [list, scores, exportModel];
