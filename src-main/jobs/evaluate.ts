import type { EvaluateResult, EvaluateSpec } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { planBlend } from "../cube/index.ts";
import { readModel } from "../learning/model.ts";
import { inputsOfModel } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { openCube, patchGrid, projectArea } from "./imagery.ts";
import { LabelPatches } from "./label-patches.ts";
import { Predictor } from "./predict.ts";
import { providerFor } from "./provider.ts";
import { Votes } from "./score.ts";

/** Scores a model on one part of the split, with every subset of modalities that was asked for: one set of weights. */
export async function evaluate(spec: EvaluateSpec, context: JobContext): Promise<EvaluateResult> {
  const { description, weights } = await readModel(spec.modelFolder);
  const { grid, imagery } = spec;
  const legend = description.legend;
  if (!legend) throw new AppError("model-has-no-head", { name: description.name });
  const labels = new LabelPatches(
    spec.labels,
    spec.part,
    legend.map(({ code }) => code),
    patchGrid(grid),
  );
  if (labels.polygons.length === 0) throw new AppError("no-labels-to-train", { part: spec.part });
  const { provider } = await providerFor(spec.provider);
  const plan = planBlend(projectArea(grid), description.grid.tilePatches, spec.overlapPatches);
  const all = [...new Set(spec.subsets.flat())];
  const cube = openCube(grid, imagery, inputsOfModel(description, grid, imagery, all), description.days);
  try {
    const subsets = [];
    for (const [index, modalities] of spec.subsets.entries()) {
      const predictor = await Predictor.create({
        cube,
        model: description,
        weights,
        modalities,
        batchSize: spec.batchSize,
        provider,
      });
      try {
        const votes = await Votes.collect(labels, predictor, plan, context.signal, (fraction) =>
          context.phase(`Evaluating ${modalities.join(" + ")}`, (index + fraction) / spec.subsets.length),
        );
        for (const classSet of spec.classSets.length ? spec.classSets : [[]])
          subsets.push(votes.scores(legend, classSet, modalities));
      } finally {
        await predictor.release();
      }
    }
    return { part: spec.part, subsets };
  } finally {
    await cube.close();
  }
}
