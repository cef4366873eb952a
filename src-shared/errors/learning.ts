export const learningErrors = {
  "model-missing": ({ path }: { readonly path: string }) =>
    `No model here: “${path}” does not exist. Choose a model folder that holds model.json and weights.safetensors.`,
  "model-unreadable": ({ path, reason }: { readonly path: string; readonly reason: string }) =>
    `“${path}” is not a model description this version can read (${reason}). Export the model again, or update OmniSat Desktop.`,
  "model-damaged": ({ path }: { readonly path: string }) =>
    `The weights in “${path}” are not the ones model.json describes: the file is damaged or was replaced. Copy the model again from its source.`,
  "model-modalities-missing": ({
    missing,
    available,
  }: {
    readonly missing: readonly string[];
    readonly available: readonly string[];
  }) =>
    `The model reads ${missing.join(", ")}, which this project does not have (it has ${available.join(", ") || "no imagery"}). Import that imagery, or choose a subset of modalities that both have.`,
  "model-bands-differ": ({
    modality,
    model,
    project,
  }: {
    readonly modality: string;
    readonly model: readonly string[];
    readonly project: readonly string[];
  }) =>
    `The model was trained on ${modality} with bands ${model.join(" ")}; the project's ${modality} has ${project.join(" ")}. Choose the same bands in the same order, or another model.`,
  "model-has-no-head": ({ name }: { readonly name: string }) =>
    `“${name}” is a pre-trained model without classes. Fine-tune it on your labels first, then map with the result.`,
  "model-grid-differs": ({ model, project }: { readonly model: number; readonly project: number }) =>
    `The model works on patches of ${model} m, the project on patches of ${project} m. Create a project with ${model} m patches, or train a model for this one.`,
  "no-labels-to-train": ({ part }: { readonly part: string }) =>
    `No labelled patch in the ${part} part. Import labels, or change the split so that it holds some.`,
  "no-labelled-patch": ({ part }: { readonly part: string }) =>
    `No patch in the ${part} part has a class that the model knows. Choose another part, or change the split so that this one holds such labels.`,
  "overlap-too-large": ({ overlap, tile }: { readonly overlap: number; readonly tile: number }) =>
    `Tiles of ${tile} patches cannot share ${overlap} with the next one. Choose an overlap of at most ${tile - 1} patches; half a tile is usual.`,
  "series-too-short": ({ modality, dates }: { readonly modality: string; readonly dates: number }) =>
    `Pre-training on “${modality}” alone needs at least three dates per tile; there ${dates === 1 ? "is 1" : `are ${dates}`}. Import more dates or another sensor, or fine-tune without pre-training.`,
  "checkpoint-of-another-run": ({ path }: { readonly path: string }) =>
    `The checkpoint “${path}” belongs to a training with other settings or data. Start a new one without --resume.`,
  "training-diverged": ({ step }: { readonly step: number }) =>
    `The loss stopped being a number at step ${step}. Lower the learning rate and start again from the last model.`,
  "weights-missing": ({ path }: { readonly path: string }) =>
    `No weights here: “${path}” does not exist. Choose a .safetensors file.`,
  "weights-damaged": ({ path, reason }: { readonly path: string; readonly reason: string }) =>
    `“${path}” is not a whole safetensors file: ${reason}. Copy it again from its source, or go back to an earlier checkpoint.`,
  "weights-no-space": ({ path }: { readonly path: string }) =>
    `There is no space left to write “${path}”; nothing was changed. Free some space on that disk and try again.`,
};
