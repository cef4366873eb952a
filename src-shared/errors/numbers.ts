import { type NumberDrop, numberDropWords } from "../domain/numbers.ts";

const listed = (words: readonly string[]): string => words.map((word) => `“${word}”`).join(", ");

/** Targets of numbers, what learns them, maps of numbers and of change. */
export const numberErrors = {
  "numbers-field-needed": ({ path, fields }: { readonly path: string; readonly fields: readonly string[] }) =>
    fields.length > 0
      ? `Choose the field of “${path}” that holds the number. It has: ${listed(fields)}.`
      : `“${path}” has no fields, so it holds no number. Choose another file.`,
  "numbers-comma-doubtful": ({
    path,
    field,
    whole,
    decimal,
  }: {
    readonly path: string;
    readonly field: string;
    readonly whole: number;
    readonly decimal: number;
  }) =>
    `A number with a comma in the field “${field}” of “${path}” may be ${whole} or ${decimal}, and no other number of the field tells. Write the numbers without a sign between thousands, or with a decimal point.`,
  "numbers-not-numeric": ({
    path,
    field,
    values,
  }: {
    readonly path: string;
    readonly field: string;
    readonly values: readonly string[];
  }) =>
    `The field “${field}” of “${path}” holds no numbers${values.length > 0 ? `, but for example ${listed(values)}` : ""}. Choose a field of numbers.`,
  "numbers-none-usable": ({
    path,
    field,
    total,
    dropped,
  }: {
    readonly path: string;
    readonly field: string;
    readonly total: number;
    readonly dropped: readonly { readonly reason: NumberDrop; readonly count: number }[];
  }) =>
    `None of the ${total} shapes of “${path}” has a usable number in “${field}”${dropped.length > 0 ? ` (${dropped.map(({ reason, count }) => `${count}: ${numberDropWords[reason]}`).join("; ")})` : ""}. Check the field, the allowed range and the value for no data.`,
  "numbers-one-value": ({
    name,
    places,
    value,
  }: {
    readonly name: string;
    readonly places: number;
    readonly value: number;
  }) =>
    `All ${places} places of “${name}” have the number ${value}: there is nothing to learn. Choose another field, or add places with other numbers.`,
  "numbers-too-few": ({
    name,
    places,
    needed,
  }: {
    readonly name: string;
    readonly places: number;
    readonly needed: number;
  }) =>
    `“${name}” has ${places} ${places === 1 ? "place" : "places"} where there are images; ${needed} are needed to learn from some and measure on others. Add places or images.`,
  "numbers-range": ({ minimum, maximum }: { readonly minimum: number; readonly maximum: number }) =>
    `The lowest number (${minimum}) has to be below the highest (${maximum}). Exchange them.`,
  "number-target-not-found": ({ name, available }: { readonly name: string; readonly available: readonly string[] }) =>
    available.length > 0
      ? `There is no target “${name}”. The project has: ${listed(available)}.`
      : "The project has no numbers yet. Import a file with a field of numbers first.",
  "number-target-exists": ({ name }: { readonly name: string }) =>
    `There is already a target called “${name}”. Choose another name.`,
  "number-model-not-found": ({ name, available }: { readonly name: string; readonly available: readonly string[] }) =>
    available.length > 0
      ? `There is no model of numbers called “${name}”. The project has: ${listed(available)}.`
      : "The project has no model of numbers yet. Train one first.",
  "number-model-exists": ({ name }: { readonly name: string }) =>
    `There is already a model of numbers called “${name}”. Choose another name.`,
  "number-model-damaged": ({ path }: { readonly path: string }) =>
    `“${path}” is not a model of numbers that can be read. Train it again.`,
  "surface-not-found": ({ id }: { readonly id: number }) =>
    `There is no map of numbers ${id} in this project any more. Choose another one.`,
  "surface-exists": ({ name }: { readonly name: string }) =>
    `There is already a map of numbers called “${name}”. Choose another name.`,
  "change-without-months": ({ from, to }: { readonly from: string; readonly to: string }) =>
    `“${from}” and “${to}” have no month in common with images of one input, so nothing can be compared. Choose periods that hold the same months of their years.`,
  "change-several-years": ({ name, years }: { readonly name: string; readonly years: readonly number[] }) =>
    `“${name}” has images of ${years.length > 3 ? `${years[0]} to ${years.at(-1)}` : years.join(" and ")}, which would be mixed. Give each side the first and last day of a period, with the same months of its year.`,
  "change-period-reversed": ({ from, to }: { readonly from: string; readonly to: string }) =>
    `A period cannot begin on ${from} and end on ${to}. Exchange its days.`,
  "change-period-empty": ({ name, from, to }: { readonly name: string; readonly from: string; readonly to: string }) =>
    `No image of the project lies between ${from} and ${to} (“${name}”). Choose other dates.`,
  "change-periods-overlap": ({ from, to }: { readonly from: string; readonly to: string }) =>
    `The periods “${from}” and “${to}” share dates. Let the second begin after the first has ended.`,
  "change-no-place": ({ from, to }: { readonly from: string; readonly to: string }) =>
    `No place is seen in both “${from}” and “${to}”. Choose periods or projects whose images overlap.`,
  "change-other-grid": ({ name }: { readonly name: string }) =>
    `The project “${name}” has other patches or another coordinate system. Compare projects whose patches lie on one grid.`,
};
