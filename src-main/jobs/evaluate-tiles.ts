import { type Finding, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { EvaluateTilesResult, EvaluateTilesSpec, TileSubsetScore } from "../../src-shared/domain/tiles.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { commonestClasses, microF1Interval, tileScores } from "../learning/index.ts";
import { applyModel, logUse, normalizationsFor } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { answersFor } from "./finetune-tiles.ts";
import { requireGolden } from "./golden.ts";
import { openCube } from "./imagery.ts";
import { tilesInLegend } from "./label-classes.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { Predictor } from "./predict.ts";
import { providerFor } from "./provider.ts";
import { constantScore, holds, namedScore, placesOfTiles, presenceOf, requireTileModel, tilesOf } from "./tiles.ts";

/**
 * Scores a model for tiles on one part of their split, with every subset of modalities that was asked for: at one threshold
 * for all classes, at those that validation chose, and beside the answer “always the commonest classes”.
 * @throws AppError "no-tiles-to-train" when the part has no labelled tile that an image shows
 */
export async function evaluateTiles(given: EvaluateTilesSpec, context: JobContext): Promise<EvaluateTilesResult> {
  const model = await readWorkingModel(given.modelFolder);
  const { description, weights } = model;
  const { grid, imagery, part, batchSize } = given;
  const { legend, task } = requireTileModel(description, grid.tilePatches);
  const matched = tilesInLegend(given.tiles, legend);
  const spec = { ...given, tiles: matched.tiles };
  const { shareThreshold, decision, thresholds } = task;
  const codes = legend.map(({ code }) => code);
  const own = tilesOf(spec.tiles, part, task);
  const none = () => new AppError("no-tiles-to-train", { part, tiles: own.all, share: shareThreshold });
  if (own.tiles.length === 0) throw none();
  const { provider } = await providerFor(spec.provider);
  await requireGolden(spec, model, provider);
  const all = [...new Set(spec.subsets.flat())];
  const applied = applyModel(description, grid, imagery, all);
  logUse(applied, undefined, context);
  const cube = openCube(grid, imagery, applied.modalities, applied.days);
  try {
    const normalizations = await normalizationsFor(description, applied, cube, spec, context);
    const subsets: TileSubsetScore[] = [];
    let baseline: EvaluateTilesResult["baseline"] = null;
    const aboutInputs: Finding[] = [];
    for (const [index, modalities] of spec.subsets.entries()) {
      const predictor = await Predictor.create({
        cube,
        model: description,
        weights,
        modalities,
        batchSize,
        provider,
        normalizations,
      });
      try {
        let done = 0;
        const { probabilities, presence, shown, unseen } = await answersFor(
          predictor,
          own.tiles,
          codes,
          shareThreshold,
          grid.tilePatches,
          context.signal,
          () =>
            context.phase(
              `Evaluating ${modalities.join(" + ")}`,
              (index + ++done / own.tiles.length) / spec.subsets.length,
            ),
        );
        if (presence.length === 0) throw none();
        const plain = codes.map(() => decision);
        const places = placesOfTiles(shown, grid.tilePatches * grid.patchMeters);
        const score = (at: readonly number[]) => ({
          ...namedScore(tileScores(probabilities, presence, at), legend, at),
          microF1Interval: microF1Interval(probabilities, presence, at, places),
        });
        subsets.push({
          modalities,
          unseen,
          places: new Set(places).size,
          plain: score(plain),
          tuned: thresholds && score(thresholds),
        });
        aboutInputs.push(...predictor.watch.findings());
        if (index === 0) baseline = baselineOf(spec, task, legend, presence);
      } finally {
        await predictor.release();
      }
    }
    const result: EvaluateTilesResult = {
      part,
      shareThreshold,
      decision,
      empty: { tiles: own.empty, kept: task.emptyTiles === "keep" },
      untaught: spec.tiles.legend
        .filter(({ code }) => !codes.includes(code))
        .map(({ code, name }) => ({
          name,
          tiles: own.tiles.filter((tile) => holds(tile, code, shareThreshold)).length,
        }))
        .filter(({ tiles }) => tiles > 0),
      baseline,
      subsets,
    };
    return {
      ...result,
      findings: inOrderOfSeverity([
        ...findingsOf(result, spec.optimistic ?? false),
        ...matched.findings,
        ...applied.findings,
        ...aboutInputs,
      ]),
    };
  } finally {
    await cube.close();
  }
}

function findingsOf(
  { part, subsets, baseline, untaught, empty, shareThreshold }: EvaluateTilesResult,
  optimistic: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const first = subsets[0]!;
  const { microF1, microF1Interval: interval, samples, classes } = first.tuned ?? first.plain;
  if (baseline && microF1 <= baseline.score.microF1)
    findings.push({ code: "tiles-below-commonest", details: { part, microF1, baseline: baseline.score.microF1, classes: baseline.classes } }); // biome-ignore format: one line
  else if (baseline && interval && interval[0] <= baseline.score.microF1)
    findings.push({ code: "tiles-not-above-commonest", details: { part, microF1, low: interval[0], baseline: baseline.score.microF1, places: first.places ?? samples } }); // biome-ignore format: one line
  if (optimistic && part !== "train") findings.push({ code: "tiles-optimistic", details: {} });
  if (part === "train") findings.push({ code: "scored-on-training", details: {} });
  if (untaught.length > 0) findings.push({ code: "tiles-untaught", details: { part, classes: untaught } });
  const few = classes.filter(({ support }) => support > 0 && support < 5).map(({ name, support }) => ({ name, tiles: support })); // biome-ignore format: one line
  if (few.length > 0) findings.push({ code: "tiles-few", details: { part, classes: few } });
  if (first.unseen > 0)
    findings.push({ code: "tiles-unseen", details: { part, unseen: first.unseen, tiles: samples + first.unseen } });
  if (empty.tiles > 0 && !empty.kept)
    findings.push({
      code: "tiles-empty",
      details: { part, tiles: empty.tiles, share: shareThreshold },
    });
  return findings;
}

/** Always the commonest classes of the training tiles, on the tiles that the first subset was measured on. */
function baselineOf(
  { tiles }: EvaluateTilesSpec,
  task: Parameters<typeof tilesOf>[2],
  legend: Parameters<typeof constantScore>[2],
  presence: Float32Array,
): EvaluateTilesResult["baseline"] {
  const codes = legend.map(({ code }) => code);
  const training = tilesOf(tiles, "train", task).tiles;
  if (training.length === 0) return null;
  const trained = Float32Array.from(training.flatMap((tile) => [...presenceOf(tile, codes, task.shareThreshold)]));
  const chosen = commonestClasses(trained, codes.length);
  return {
    classes: legend.filter((_, k) => chosen[k] === 1).map(({ name }) => name),
    score: constantScore(chosen, presence, legend),
  };
}
