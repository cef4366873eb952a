import type { Calibration } from "../../src-shared/domain/calibration.ts";
import type { Finding } from "../../src-shared/domain/finding.ts";
import type { FinetuneSpec, SubsetScore } from "../../src-shared/domain/job.ts";
import { hasPolygons } from "../../src-shared/domain/label-unit.ts";
import { type PatchWindow, planBlend, type TileRows } from "../cube/index.ts";
import type { Tensors } from "../engine/index.ts";
import { CalibrationGroups, type Review } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { projectArea } from "./imagery.ts";
import type { PatchTargets } from "./patch-targets.ts";
import { type Grouping, groupingOf } from "./possible-classes.ts";
import type { PatchPredictor } from "./predict.ts";
import type { Previewer } from "./previewer.ts";
import { rareClassesMissed } from "./rare-classes.ts";
import { type ScoreOptions, scoreMap } from "./score.ts";
import { TilePreviewer } from "./tile-preview.ts";

type Look = Awaited<ReturnType<Review["look"]>>;
/** Nothing to choose the best weights by. */
const undecided: Look = { value: Number.NaN, metrics: {} };

/** What weights say of the validation labels. */
interface Looked {
  readonly score: SubsetScore;
  /** which classes maps of these weights may rule out, and what is uncertain */
  readonly calibration: Calibration | undefined;
}

/** Looks at a network of patches between two steps: its score where labels were set aside, else some places as it would map them. */
export class ValidationLooks {
  readonly #spec: FinetuneSpec;
  readonly #context: JobContext;
  readonly #targets: PatchTargets;
  readonly #names: readonly string[];
  readonly #previewer: Previewer;
  readonly #tiles: TileRows;
  readonly #grouping: Grouping;
  /** of the weights with the best review so far */
  #best: (Looked & { readonly value: number | undefined }) | undefined;

  constructor(
    spec: FinetuneSpec,
    context: JobContext,
    targets: PatchTargets,
    {
      names,
      side,
      previewer,
    }: { readonly names: readonly string[]; readonly side: number; readonly previewer: Previewer },
  ) {
    this.#spec = spec;
    this.#context = context;
    this.#targets = targets;
    this.#names = names;
    this.#previewer = previewer;
    this.#tiles = planBlend(projectArea(spec.grid), side).tiles;
    this.#grouping = groupingOf(spec.labels, spec.grid);
  }

  /** When the training is looked at and what decides; `undefined` where there is nothing to show. */
  get review(): Review | undefined {
    const { recipe, previews } = this.#spec;
    if (!this.#targets.validates && !previews) return undefined;
    return {
      everySteps: recipe.validateEverySteps,
      rule: { mode: "max", patience: recipe.patience ?? Number.POSITIVE_INFINITY, minEpochs: 0 },
      look: async (weights, at) => {
        const predictor = await this.#previewer.with(weights);
        return this.#targets.validates ? this.#validate(predictor, at) : this.#glance(predictor, at);
      },
    };
  }

  /**
   * What the weights that are kept say of the validation labels. A run that was resumed after its best review is reviewed once more.
   * @param value of the review that they were kept for
   */
  async bestOf(weights: Tensors, value: number | undefined): Promise<Partial<Looked>> {
    if (!this.#targets.validates) return {};
    if (!this.#best || this.#best.value !== value)
      this.#best = { value, ...(await this.#score(await this.#previewer.with(weights))) };
    return this.#best;
  }

  /** What the weights that are kept do not recognise of classes with few training polygons that the validation part says nothing of. */
  async rareMissed(weights: Tensors, score: SubsetScore | undefined): Promise<Finding[]> {
    const { train, legend } = this.#targets;
    const measured = new Set(score?.classes.filter(({ support }) => support > 0).map(({ code }) => code));
    const predictor = await this.#previewer.with(weights);
    return rareClassesMissed(train, legend, predictor, this.#tiles, measured, this.#names, this.#context.signal);
  }

  async #validate(predictor: PatchPredictor, at: number): Promise<Look> {
    let preview: TilePreviewer | undefined;
    const { score, calibration } = await this.#score(predictor, (answer, expected) => {
      preview ??= new TilePreviewer(this.#spec.grid, this.#targets.codes, expected);
      preview.add(answer);
    });
    this.#context.review(at, { part: "validation", score, preview: preview?.result() ?? null });
    const { macroF1, overallAccuracy } = score;
    // No date sees the validation places: nothing to choose by.
    if (macroF1 === null || overallAccuracy === null) return undecided;
    if (macroF1 > (this.#best?.value ?? -1)) this.#best = { value: macroF1, score, calibration };
    return { value: macroF1, metrics: { validationMacroF1: macroF1, validationAccuracy: overallAccuracy } };
  }

  async #glance(predictor: PatchPredictor, at: number): Promise<Look> {
    const { train, codes } = this.#targets;
    const preview = await glance(predictor, train.tilesAround(this.#tiles), this.#spec, codes, this.#context.signal);
    this.#context.review(at, { part: "train", score: null, preview });
    return undecided;
  }

  async #score(predictor: PatchPredictor, onTile?: ScoreOptions["onTile"]): Promise<Looked> {
    const { legend, validation, codes } = this.#targets;
    const modalities = this.#names;
    const groups = new CalibrationGroups(codes);
    const [score] = await scoreMap(validation, predictor, this.#tiles, {
      legend,
      classSets: [],
      modalities,
      votes: hasPolygons(this.#spec.labels.unit),
      signal: this.#context.signal,
      onPatch: (patch) => groups.add(this.#grouping.named(patch)),
      ...(onTile ? { onTile } : {}),
    });
    return { score: score!, calibration: groups.calibration({ ...this.#grouping, modalities }) };
  }
}

/** So many tiles are looked at where nothing was set aside: a few percent of the steps in between. */
export const glanceTiles = 32;

/** Some places that are trained on, as the network would map them now. */
async function glance(
  predictor: PatchPredictor,
  near: readonly PatchWindow[],
  { grid }: FinetuneSpec,
  codes: readonly number[],
  signal: AbortSignal,
) {
  const every = Math.max(1, Math.ceil(near.length / glanceTiles));
  const some = near.filter((_, index) => index % every === 0);
  const previewer = new TilePreviewer(grid, codes, some.length);
  for await (const answer of predictor.run(some, signal)) previewer.add(answer);
  return previewer.result();
}
