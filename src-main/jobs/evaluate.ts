import type { Calibration } from "../../src-shared/domain/calibration.ts";
import { type Finding, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { EvaluateResult, EvaluateSpec, SubsetScore } from "../../src-shared/domain/job.ts";
import { hasPolygons } from "../../src-shared/domain/label-unit.ts";
import type { SmallMaps } from "../../src-shared/domain/small-maps.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { geoboxOfPatches, type PatchWindow } from "../cube/index.ts";
import { CalibrationGroups, setRule, UncertaintyCounter } from "../learning/index.ts";
import { applyModel, blendFor, logUse, normalizationsFor } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { requireGolden } from "./golden.ts";
import { limitOf, openCube, patchGrid, projectArea } from "./imagery.ts";
import { labelsInLegend } from "./label-classes.ts";
import { labelFacts } from "./label-facts.ts";
import { LabelPatches } from "./label-patches.ts";
import { referenceOf } from "./label-reference.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { groupingOf, ruleFor, usedAs } from "./possible-classes.ts";
import { predictorFor } from "./predictor-for.ts";
import { providerFor } from "./provider.ts";
import { scoreMap } from "./score.ts";
import { findingsOfPart, findingsOfScore, findingsOfUncertainty } from "./score-findings.ts";
import { drawSmallMap, planSmallMaps } from "./small-maps.ts";

/** Of the work with a subset that has to be calibrated first: validation parts are about half as large as test parts. */
const calibrating = 0.3;
/** Of the work with a subset of which a small map is drawn too. */
const drawing = 0.5;

/** Scores a model on one part of the split, with every subset of modalities that was asked for: one set of weights. */
export async function evaluate(spec: EvaluateSpec, context: JobContext): Promise<EvaluateResult> {
  const model = await readWorkingModel(spec.modelFolder);
  const { description, weights } = model;
  const { grid, imagery } = spec;
  const legend = description.legend;
  if (!legend) throw new AppError("model-has-no-head", { name: description.name });
  const area = projectArea(grid);
  const codes = legend.map(({ code }) => code);
  const matched = labelsInLegend(spec.labels, legend);
  const labels = new LabelPatches(matched.labels, spec.part, codes, patchGrid(grid), area, limitOf(grid));
  if (labels.usable().length === 0) throw new AppError("no-labelled-patch", { part: spec.part });
  const { tiles } = blendFor(description, area, spec.overlapPatches);
  const { provider } = await providerFor(spec.provider);
  await requireGolden(spec, model, provider);
  const all = [...new Set(spec.subsets.flat())];
  const applied = applyModel(description, grid, imagery, all, spec.use);
  logUse(applied, spec.use, context);
  const cube = openCube(grid, imagery, applied.modalities, applied.days);
  try {
    const normalizations = await normalizationsFor(description, applied, cube, spec, context);
    const subsets: SubsetScore[] = [];
    const aboutInputs: Finding[] = [];
    const calibrations: Calibration[] = [];
    const small = spec.smallMaps
      ? planSmallMaps(area, description.grid.tilePatches, spec.overlapPatches, labels)
      : undefined;
    const smallMaps: SmallMaps["maps"][number][] = [];
    const scoring = small ? 1 - drawing : 1;
    const grouping = groupingOf(spec.labels, grid);
    const validation = new LabelPatches(matched.labels, "validation", codes, patchGrid(grid), area, limitOf(grid));
    for (const [index, modalities] of spec.subsets.entries()) {
      const predictor = await predictorFor({
        cube,
        model: description,
        weights,
        modalities,
        batchSize: spec.batchSize,
        provider,
        normalizations,
      });
      // Where the model is calibrated nothing can be said of how well it is: that is for the other parts.
      const groups = spec.part === "validation" ? new CalibrationGroups(codes) : undefined;
      const calibrate = async () => {
        const own = new CalibrationGroups(codes);
        await scoreMap(validation, predictor, tiles, {
          legend,
          classSets: [],
          modalities,
          onPatch: (patch) => own.add(grouping.named(patch)),
          signal: context.signal,
          onProgress: (fraction) =>
            context.phase(
              `Calibrating ${modalities.join(" + ")}`,
              (index + scoring * calibrating * fraction) / spec.subsets.length,
            ),
        });
        const calibration = own.calibration({ ...grouping, modalities, ...usedAs(spec.use) });
        if (calibration) calibrations.push(calibration);
        return calibration && setRule(calibration, codes, spec.level);
      };
      try {
        const known = groups ? undefined : ruleFor(description, { ...spec, modalities }, applied);
        const lacks = known && (!known.rule || known.findings.some(({ code }) => code === "calibrated-elsewhere"));
        const begun = lacks && validation.usable().length > 0 ? calibrating : 0;
        const rule = (begun > 0 ? await calibrate() : undefined) ?? known?.rule;
        const counter = rule && new UncertaintyCounter(codes, rule);
        const observer = groups ?? counter;
        const scores = await scoreMap(labels, predictor, tiles, {
          legend,
          classSets: spec.classSets.map((codesOf) => codesOf.map((code) => matched.codes.get(code) ?? code)),
          modalities,
          votes: hasPolygons(spec.labels.unit),
          onPatch: observer && ((patch) => observer.add(grouping.named(patch))),
          signal: context.signal,
          onProgress: (fraction) =>
            context.phase(
              `Evaluating ${modalities.join(" + ")}`,
              (index + scoring * (begun + (1 - begun) * fraction)) / spec.subsets.length,
            ),
        });
        const uncertainty = counter?.score();
        const calibration = groups?.calibration({ ...grouping, modalities, ...usedAs(spec.use) });
        if (calibration) calibrations.push(calibration);
        subsets.push(
          ...scores.map((score) =>
            uncertainty && codes.every((code) => score.classSet.includes(code)) ? { ...score, uncertainty } : score,
          ),
        );
        aboutInputs.push(...predictor.watch.findings());
        if (small) {
          const classes = await drawSmallMap(small, predictor, description, {
            signal: context.signal,
            onProgress: (fraction) =>
              context.phase(
                `Drawing small maps with ${modalities.join(" + ")}`,
                (index + scoring + drawing * fraction) / spec.subsets.length,
              ),
          });
          smallMaps.push({ modalities, classes });
        }
      } finally {
        await predictor.release();
      }
    }
    const untaught = untaughtClasses({ ...spec, labels: matched.labels }, codes, area);
    const { part, overlapPatches } = spec;
    const { unit } = spec.labels;
    const findings = inOrderOfSeverity([
      ...subsets.flatMap((own) => findingsOfScore(own, spec.part)),
      ...subsets.flatMap(findingsOfUncertainty),
      ...matched.findings,
      ...applied.findings,
      ...aboutInputs,
      ...findingsOfPart({ part, untaught, subsets }, matched.labels, legend, spec.optimistic ?? false),
    ]);
    const { contested } = labelFacts(labels);
    return {
      part,
      reference: referenceOf(spec.labels, part),
      untaught,
      subsets,
      overlapPatches,
      contested,
      ...(unit ? { unit } : {}),
      ...(calibrations.length > 0 ? { calibrations } : {}),
      findings,
      ...(small ? { smallMaps: { area: geoboxOfPatches(patchGrid(grid), small.window), maps: smallMaps } } : {}),
    };
  } finally {
    await cube.close();
  }
}

/** Classes with labels in the area that the model does not know. */
function untaughtClasses(
  { labels, part, grid }: EvaluateSpec,
  codes: readonly number[],
  area: PatchWindow,
): NonNullable<EvaluateResult["untaught"]> {
  const unknown = labels.legend.filter(({ code }) => !codes.includes(code));
  const unknownCodes = unknown.map(({ code }) => code);
  const usable = new LabelPatches(labels, part, unknownCodes, patchGrid(grid), area, limitOf(grid)).usable();
  return unknown
    .map(({ code, name }) => ({ name, polygons: usable.filter(({ classCode }) => classCode === code).length }))
    .filter(({ polygons }) => polygons > 0);
}
