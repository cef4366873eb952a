import { resolve } from "node:path";
import type {
  EmbedFilesResult,
  EmbedResult,
  FeaturesGroupResult,
  FeaturesResult,
} from "../../../../src-shared/domain/job.ts";
import type { LearnedFrom } from "../../../../src-shared/domain/learned-from.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { KnownLayer } from "../../../../src-shared/ipc/instant.ts";
import { type Command, command } from "../command.ts";
import { duration } from "../progress.ts";
import { withProject } from "../with-project.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;

/** As people write it, and read it. */
export const sourceOption = {
  type: "text",
  value: "WHAT",
  summary: "learn from values, NAME (an embedding) or both:NAME from now on; labels: let the labels choose",
} as const;

/** “values”, “NAME” or “both:NAME”. @throws AppError "usage" */
export function sourceOf(text: string, help: string): LearnedFrom {
  const both = text.startsWith("both:");
  const embedding = both ? text.slice("both:".length) : text;
  if (embedding === "")
    throw new AppError("usage", { help, problem: "Write values, the name of an embedding, or both:NAME." });
  return embedding === "values" ? { values: true, embedding: null } : { values: both, embedding };
}

export const sourceWords = ({ values, embedding }: LearnedFrom): string =>
  embedding === null ? "monthly values" : `${values ? "monthly values and " : ""}“${embedding}”`;

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const groupLine = ({ modality, columns, patches, error, cut, blocks, kept }: FeaturesGroupResult): string =>
  `  ${modality}: ${columns} columns of ${patches} patches, stored to ${error.toFixed(3)} standard deviations at most; ${(100 * cut).toFixed(2)} % of the values are cut${kept > 0 ? `; ${kept} of ${blocks} squares were as before` : ""}`;

const features = command({
  name: "features",
  summary: "compute the values that the instant map is made of, or what a model makes of every patch",
  details:
    "Every patch gets the month's median of each band's clear values (radar: mean of decibels) and of the indices they allow, standardised and stored as a byte each in the project's folder. --of MODEL computes what the encoder of a model makes of every patch instead: of one that comes with the program (shipped:europe-10m), a pre-trained one of the project, or one that was taught classes. What is there already is kept: after images were added or changed, only the squares of patches that they reach are computed again.",
  positionals: [projectWord],
  options: {
    of: { type: "text", value: "MODEL", summary: "compute what the encoder of this model makes of every patch" },
    resume: { type: "flag", summary: "continue the last interrupted job of this kind, as it was started" },
  },
  examples: [
    ["omnisat features flanders", "then label, and look at the instant map in the window, or keep it"],
    ["omnisat features flanders --of shipped:europe-10m", "what the encoder that comes with the program makes of it"],
  ],
  async run({ words, options, output, signal }) {
    return withProject({ project: words[0]!, purpose: "omnisat features", output, signal }, async (services) => {
      const kind = options.of === undefined ? "features" : "embed";
      const job = options.resume
        ? (await services["jobs.list"]({})).findLast((one) => one.kind === kind && one.state === "resumable")
        : undefined;
      if (options.resume && !job) throw new AppError("job-nothing-to-resume", { kind });
      const started = job
        ? await services["jobs.resume"]({ id: job.id })
        : options.of === undefined
          ? await services["instant.prepare"]({})
          : await services["instant.embed"]({ model: options.of });
      const result = started && (await services["jobs.wait"]({ id: started.id })).result;
      const { features: facts, layers } = await services["instant.state"]({});
      if (options.of !== undefined) {
        const made = result as EmbedResult | null;
        const layer = layers.find(({ name }) => name === options.of);
        output.result({ command: "features", of: options.of, ...made, layer }, [
          made ? `Computed what “${options.of}” makes of every patch in ${duration(made.seconds)}:` : "It is there already.",
          ...(made ? [groupLine(made.group)] : []),
          ...(layer ? [`  ${layer.columns} columns, ${megabytes(layer.bytes)} in all.`] : []),
        ].join("\n")); // biome-ignore format: one call
        output.findings(made?.findings ?? []);
        return 0;
      }
      const made = (result as FeaturesResult | null) ?? { groups: [], seconds: 0 };
      output.result(
        { command: "features", ...made, ...facts },
        [
          started
            ? `Computed the values of ${made.groups.length} ${made.groups.length === 1 ? "input" : "inputs"} in ${duration(made.seconds)}:`
            : "All values are there already.",
          ...made.groups.map(groupLine),
          `  ${facts.columns} columns, ${megabytes(facts.bytes)} in all.`,
        ].join("\n"),
      );
      return 0;
    });
  },
});

const changes: Readonly<Record<NonNullable<KnownLayer["changed"]>, string>> = {
  images: "its images changed",
  model: "its model changed",
  "model-gone": "its model is gone",
  area: "the project's area changed",
  files: "its files changed",
};

const layerLine = ({ name, changed, columns, bytes, madeAt, product, year, inputs }: KnownLayer): string =>
  `  ${name}: ${changed === null ? "ready" : `not used, ${changes[changed]}`}; ${product === "model" ? `of ${inputs.join(", ")}` : `${product}${year === null ? "" : ` ${year}`}`}, ${columns} columns, ${megabytes(bytes)}, made ${madeAt.slice(0, 10)}`;

const list = command({
  name: "features list",
  summary: "what the instant map can learn from, and what is of images that changed since",
  positionals: [projectWord],
  options: {},
  examples: [["omnisat features list flanders", "values, embeddings of models, and embeddings made elsewhere"]],
  async run({ words, output, signal }) {
    return withProject(
      { project: words[0]!, purpose: "omnisat features", readOnly: true, output, signal },
      async (services) => {
        const { features: facts, layers } = await services["instant.state"]({});
        const states = { ready: "ready", stale: `not used, images of ${facts.missing.join(", ")} changed`, none: "not computed" } as const; // biome-ignore format: one line
        output.result(
          { command: "features list", values: facts, embeddings: layers },
          [
            `  monthly values: ${states[facts.state]}; ${facts.columns} columns, ${megabytes(facts.bytes)}`,
            ...layers.map(layerLine),
          ].join("\n"),
        );
        return 0;
      },
    );
  },
});

const imported = command({
  name: "features import",
  summary: "read embeddings that others made as a layer of the instant map: AlphaEarth or Tessera",
  details:
    "AlphaEarth tiles are GeoTIFFs of 64 int8 bands; Tessera tiles are .npy files with their _scales.npy beside them and the GeoTIFF of the same name beside them or in global_0.1_degree_tiff_all. Each patch gets the mean of its de-quantised vectors. Tiles of another import of the same product and year are added.",
  positionals: [projectWord, { name: "FILE", summary: "tiles, or folders of them", many: true }],
  options: {},
  examples: [["omnisat features import flanders alphaearth/2023", "all tiles of that folder"]],
  async run({ words, output, signal }) {
    const [project, ...paths] = words;
    return withProject({ project: project!, purpose: "omnisat features", output, signal }, async (services) => {
      const started = await services["instant.importEmbeddings"]({ paths: paths.map((path) => resolve(path)) });
      const made = started && ((await services["jobs.wait"]({ id: started.id })).result as unknown as EmbedFilesResult);
      const { layers } = await services["instant.state"]({});
      output.result(
        { command: "features import", ...made, layers },
        made
          ? [`Read “${made.group.modality}” in ${duration(made.seconds)}:`, groupLine(made.group)].join("\n")
          : "They are there already.",
      );
      return 0;
    });
  },
});

const remove = command({
  name: "features remove",
  summary: "delete an embedding of the project",
  positionals: [projectWord, { name: "NAME", summary: "as features list tells it" }],
  options: {},
  examples: [["omnisat features remove flanders shipped:europe-10m", "it can be computed again"]],
  async run({ words, output, signal }) {
    const [project, name] = words;
    return withProject({ project: project!, purpose: "omnisat features", output, signal }, async (services) => {
      await services["instant.removeLayer"]({ name: name! });
      output.result({ command: "features remove", name }, `Deleted the embedding “${name}”.`);
      return 0;
    });
  },
});

export const featureCommands: readonly Command[] = [features, imported, list, remove];
