import { z } from "zod";
import type { ChainStart } from "../../../src-shared/domain/chain.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { ChainCommands } from "../../../src-shared/ipc/chains.ts";
import type { LabelCommands } from "../../../src-shared/ipc/labels.ts";
import type { Catalog } from "../../catalog/index.ts";
import type { Deps } from "../deps.ts";
import { instantProject } from "../instant/instant-project.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { presentLabels } from "../labels/labels.ts";
import { shippedThatFit } from "../models/models.ts";
import { requireOwnName } from "../models/shipped.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { validated } from "../validated.ts";
import { type ChainParts, ChainQueue } from "./chain-queue.ts";

const byId = z.strictObject({ id: z.int().positive() });
const name = z.string().trim().min(1).max(200);

const startSchema = z.strictObject({
  name,
  instant: name,
  encoder: name,
  start: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("pretrain") }),
      z.strictObject({ kind: z.literal("scratch") }),
      z.strictObject({ kind: z.literal("model"), name }),
    ])
    .optional(),
  preset: z.enum(["quick", "balanced", "thorough"]).default("balanced"),
  steps: z.int().positive().max(1_000_000).optional(),
  seed: z.int().min(0).default(0),
  provider: z.enum(["auto", "cpu", "webgpu", "cuda"]).default("auto"),
});

/** From clicks to a trained map in one request. */
export function chainService(
  deps: Deps,
  queue: JobQueue,
  parts: ChainParts & Pick<LabelCommands, "labels.split">,
): ChainCommands {
  const { catalog } = deps;
  const chains = new ChainQueue(deps, queue, parts);
  return {
    "chains.list": validated("chains.list", z.strictObject({}), () => chains.list()),

    "chains.offer": validated("chains.offer", z.strictObject({}), async () => ({
      tested: testedLabels(catalog),
      starts: await startsOf(deps),
      inputs: imageryOf(catalog).modalities.map((modality) => modality.name),
    })),

    "chains.start": validated("chains.start", startSchema, async ({ name: trained, instant, encoder, ...asked }) => {
      const going = chains.list().find(({ ended }) => ended === null);
      if (going) throw new AppError("chain-under-way", { name: going.plan.trained });
      const [usual] = await startsOf(deps);
      const start = asked.start ?? usual!;
      const names = [trained, instant, ...(start.kind === "pretrain" ? [encoder] : [])];
      for (const one of names) requireOwnName(one);
      const taken = names.find((one, i) => catalog.models.find(one) || names.indexOf(one) < i);
      if (taken !== undefined) throw new AppError("model-exists", { name: taken });
      // What cannot be learned is said before anything is divided.
      const { kind, classes } = await instantProject(catalog).settled();
      if (kind !== "classes")
        throw new AppError("instant-needs-classes", { classes: classes.filter(({ patches }) => patches > 0).length });
      const splitMade = testedLabels(catalog) === 0;
      if (splitMade) await splitForTest(parts["labels.split"]);
      const id = await chains.start({
        instant,
        trained,
        start,
        encoder: start.kind === "pretrain" ? encoder : null,
        preset: asked.preset,
        steps: asked.steps ?? null,
        seed: asked.seed,
        provider: asked.provider,
        splitMade,
      });
      return { id };
    }),

    "chains.resume": validated("chains.resume", byId, ({ id }) => chains.resume(id)),
    "chains.stop": validated("chains.stop", byId, ({ id }) => chains.stop(id)),
    "chains.cancel": validated("chains.cancel", byId, ({ id }) => chains.cancel(id)),
    "chains.wait": validated("chains.wait", byId, ({ id }) => chains.wait(id)),
  };
}

/** Labels of the test part. */
function testedLabels(catalog: Catalog): number {
  const polygons = presentLabels(catalog)?.labels.polygons ?? [];
  return new Set(polygons.flatMap(({ id, part }) => (part === "test" ? [id] : []))).size;
}

/** By blocks, as splits usually are; of labels in too few blocks whole labels are dealt. */
async function splitForTest(split: LabelCommands["labels.split"]): Promise<void> {
  try {
    await split({ method: "blocks" });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "split-class-too-small") throw error;
    await split({ method: "polygons", tooFew: "train" });
  }
}

/**
 * The newest encoder of the project that reads all of its inputs, else one that is taught first: on nine sets of other people what an encoder of
 * the same images adds was worth .011 of macro F1 on average (`jobs/README.md`). Then those that come with the program, and random weights.
 */
async function startsOf({ catalog, shippedModels }: Deps): Promise<ChainStart[]> {
  const inputs = imageryOf(catalog).modalities.map((modality) => modality.name);
  const own = catalog.models
    .list()
    .filter(
      ({ kind, state, modalities }) =>
        kind === "pretrained" && state === "present" && inputs.every((input) => modalities.includes(input)),
    )
    .toReversed();
  const shipped = await shippedThatFit(catalog, shippedModels);
  return [
    ...own.map((model): ChainStart => ({ kind: "model", name: model.name })),
    { kind: "pretrain" },
    ...shipped.map((model): ChainStart => ({ kind: "model", name: model })),
    { kind: "scratch" },
  ];
}
