import { type Method, methodNames } from "../domain/method.ts";
import { type Because, because } from "./reasons/index.ts";
/** Why an input gives nothing to learn from. */
export type WithoutPixels = "outside" | "no-data" | "impossible" | "unclear" | "few" | "constant";

export const learningErrors = {
  "modality-without-pixels": ({
    modality,
    reason,
    pixels,
  }: {
    readonly modality: string;
    readonly reason: WithoutPixels;
    readonly pixels: number;
  }) => {
    const why: Readonly<Record<WithoutPixels, string>> = {
      outside: `none of the images of “${modality}” lies in the project's area. Import images of this place`,
      "no-data": `the images of “${modality}” reach the project's area, but no pixel there holds data. Look at its images and their no-data value, or import others`,
      impossible: `no number in the images of “${modality}” can be what they are said to be (reflectance from −0.25 to 3, backscatter from −80 to 60 dB), so all of them are taken for no data. Change how its numbers are read (scale, offset, unit)`,
      unclear: `every pixel of “${modality}” that was looked at is cloudy or masked out. Change which classes of its mask count as clear, or import clearer dates`,
      few: `“${modality}” has only ${pixels} clear ${pixels === 1 ? "pixel" : "pixels"} in the project's area. Import more images, or change which classes of its mask count as clear`,
      constant: `all ${pixels} clear pixels of “${modality}” have one and the same value. Check how its numbers are read (scale, offset, bands)`,
    };
    return `There is nothing to learn from: ${why[reason]}, or leave “${modality}” out of the inputs.`;
  },
  "training-saw-nothing": ({ steps }: { readonly steps: number }) =>
    `The loss was exactly 0 in all ${steps} steps: no tile showed the network anything, and no model was kept. Look at the coverage of the inputs, and leave out those without clear pixels.`,
  "map-without-imagery": ({ modalities }: { readonly modalities: readonly string[] }) =>
    `No image of ${modalities.join(", ")} lies in this area, so there is nothing to map. Choose another area or other inputs, or import images of this place.`,
  "model-missing": ({ path }: { readonly path: string }) =>
    `No model here: “${path}” does not exist. Choose a model folder that holds model.json and weights.safetensors.`,
  "model-unreadable": ({ path, reason }: { readonly path: string; readonly reason: Because }) =>
    `“${path}” is not a model description this version can read (${because(reason)}). Export the model again, or update OmniSat Desktop.`,
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
    missing,
  }: {
    readonly modality: string;
    readonly model: readonly string[];
    readonly project: readonly string[];
    /** not in errors of earlier versions */
    readonly missing?: readonly string[] | undefined;
  }) =>
    `The model was trained on ${modality} with bands ${model.join(", ")}; the project's images have ${project.join(", ")}.${missing === undefined ? "" : ` None of them shows the light of ${missing.join(", ")}: centres may differ by 20 nm or half of the wider band.`} Use images with at least three of these bands, or another model.`,
  "model-season-differs": ({
    modality,
    first,
    last,
    season,
  }: {
    readonly modality: string;
    readonly first: string;
    readonly last: string;
    readonly season: number | null;
  }) =>
    `No date of “${modality}” can be counted as one of the model's, which has learned from ${first} to ${last}${season === null ? "" : `, when ${season} stands for its first year`}. ${season === null ? "Use images of the same part of the year" : "Choose another year, or none so that it is chosen by the dates"}.`,
  "model-has-no-head": ({ name }: { readonly name: string }) =>
    `“${name}” is a pre-trained model without classes. Fine-tune it on your labels first, then map with the result.`,
  "model-of-tiles": ({ name }: { readonly name: string }) =>
    `“${name}” says which classes a whole tile holds, not the class of a patch. Use it on tiles, or fine-tune a model with labelled polygons.`,
  "model-without-network": ({ name }: { readonly name: string }) =>
    `“${name}” is no network: it cannot be trained further or written as ONNX. Choose a model that was pre-trained or fine-tuned as a network.`,
  "encoder-missing": ({ name }: { readonly name: string }) =>
    `“${name}” is to learn from what an encoder makes of the images, and no encoder is named. Name a pre-trained or fine-tuned model to take it from, or learn from monthly values.`,
  "method-needs-inputs": ({ name, missing }: { readonly name: string; readonly missing: readonly string[] }) =>
    `“${name}” needs all inputs that it was taught with; ${missing.join(", ")} is left out. Use all of them, or train another one with the inputs you have.`,
  "model-not-of-tiles": ({ name }: { readonly name: string }) =>
    `“${name}” gives the class of every patch, not what a whole tile holds. Fine-tune a model with labels of tiles.`,
  "model-tile-differs": ({ model, project }: { readonly model: number; readonly project: number }) =>
    `The model looks at tiles of ${model} × ${model} patches, the project's tiles have ${project} × ${project}. Create a project with tiles of ${model} patches, or train a model for this one.`,
  "model-golden-damaged": ({ path, reason }: { readonly path: string; readonly reason: Because }) =>
    `“${path}” does not say what its model answers (${because(reason)}). Copy the model's package again from its source; without this file the model can be used unchecked.`,
  "model-golden-differs": ({
    name,
    path,
    what,
    inputs,
    method,
    by,
    allowed,
    provider,
  }: {
    readonly name: string;
    readonly path: string;
    readonly what: "embeddings" | "shares";
    readonly inputs: string;
    /** the method that answers; `null`: the network */
    readonly method: Method | null;
    /** of a share, or in units of the spread of embeddings; `null`: not comparable */
    readonly by: number | null;
    readonly allowed: number;
    readonly provider: string;
  }) =>
    `“${name}” does not answer as its package says, so it is not used: with ${inputs} the ${what === "shares" ? "shares of classes" : "embeddings"} of its ${method === null ? "network" : methodNames[method]} ${by === null ? "cannot be compared with" : `are ${Number(by.toPrecision(2))} away from`} those in golden.json${by === null ? "" : ` (${allowed} is allowed)`}, computed on ${provider === "cpu" ? "the processor" : provider}. ${
      provider === "cpu"
        ? `Its files were changed, or this version of the program computes something else: copy “${path}” again from its source, or use the version that it was made with.`
        : "On the processor it answers rightly: compute there (provider cpu), or update the graphics driver."
    }`,
  "no-tile-labels": (_details: Readonly<Record<string, never>>) =>
    "This project has no labels of whole tiles. Import some first.",
  "no-tile-split": (_details: Readonly<Record<string, never>>) =>
    "The labelled tiles are not divided into training and test yet. Make a split of the tiles first.",
  "no-tiles-to-train": ({
    part,
    tiles,
    share,
  }: {
    readonly part: string;
    readonly tiles: number;
    readonly share: number;
  }) =>
    tiles === 0
      ? `No labelled tile is in the ${part} part. Import labels of tiles, or change their split.`
      : `None of the ${tiles} tiles of the ${part} part holds a class with a share above ${share} that images show. Lower the share, or change the split.`,
  "tiles-too-many": ({ most }: { readonly most: number }) =>
    `The images of this project cover more than ${most} tiles. Ask about the labelled tiles only, or make a project of a smaller area.`,
  "tiles-without-data": ({ modality }: { readonly modality: string }) =>
    `“${modality}” shows none of the training tiles: there is no clear pixel to learn its values from. Leave it out, or import images of these places.`,
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
  "places-differ-in-patch": ({
    place,
    theirs,
    ours,
  }: {
    readonly place: string;
    readonly theirs: number;
    readonly ours: number;
  }) =>
    `The project “${place}” has patches of ${theirs} m, this one of ${ours} m: one network learns patches of one size. Leave it out, or make it again with patches of ${ours} m.`,
  "place-without-common-input": ({
    place,
    theirs,
    ours,
  }: {
    readonly place: string;
    readonly theirs: readonly string[];
    readonly ours: readonly string[];
  }) =>
    `The project “${place}” shares no input with the others: it has ${theirs.join(", ")}, they have ${ours.join(", ")}. Leave it out, or choose inputs that it has too.`,
  "place-bands-differ": ({
    place,
    modality,
    theirs,
    ours,
  }: {
    readonly place: string;
    readonly modality: string;
    readonly theirs: readonly string[];
    readonly ours: readonly string[];
  }) =>
    `No band of “${modality}” in the project “${place}” (${theirs.join(", ")}) shows the light of those of the first project (${ours.join(", ")}). Leave the project or the input out.`,
  "place-without-pixels": ({ place, modality }: { readonly place: string; readonly modality: string }) =>
    `“${modality}” of the project “${place}” has no clear pixels to learn from. Leave the project or the input out, or look at its images there.`,
  "project-chosen-twice": ({ folder }: { readonly folder: string }) =>
    `The project “${folder}” is named twice, or is the one that learns. Name every other project once.`,
  "training-diverged": ({
    step,
    first,
    loss,
  }: {
    readonly step: number;
    readonly first?: number | undefined;
    readonly loss?: number | undefined;
  }) =>
    `${first === undefined || loss === undefined ? `The loss stopped being a number at step ${step}` : `The loss grew from ${first.toPrecision(3)} to ${loss.toPrecision(3)} by step ${step}`}: the training diverged, and no model was kept. Lower the learning rate, to a tenth for a start, and train again.`,
  "weights-missing": ({ path }: { readonly path: string }) =>
    `No weights here: “${path}” does not exist. Choose a .safetensors file.`,
  "weights-damaged": ({ path, reason }: { readonly path: string; readonly reason: Because }) =>
    `“${path}” is not a whole safetensors file: ${because(reason)}. Copy it again from its source, or go back to an earlier checkpoint.`,
  "archive-too-large": ({ path }: { readonly path: string }) =>
    `“${path}” would become larger than the 4 GB that a ZIP archive can hold. Choose a name without “.zip” to write a folder instead.`,
};
