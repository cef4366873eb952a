import { z } from "zod";
import { Graph, gradients, plateau, runOnce, type Tensor, type Tensors } from "../../engine/index.ts";
import { contrast, matchingAccuracy } from "../contrastive.ts";
import { chooseDates, officialCandidates } from "../date-filter.ts";
import { multilabelF1 } from "../multilabel-f1.ts";
import { officialBuckets } from "../relative-positions.ts";
import { seriesWaves, sinusoidTable } from "../sinusoids.ts";
import { closedForm, closedFormRange, fnv1a } from "./closed-form.ts";
import { bars, compare, compareNumber, type ParityLine, skipped } from "./compare.ts";
import type { ReferenceFolder } from "./folder.ts";

type Say = (line: ParityLine) => void;

const floats = (data: ArrayLike<number>, shape: readonly number[] = [data.length]): Tensor => ({
  type: "float32",
  shape,
  data: Float32Array.from(data),
});

/** Compares the network's pieces one by one: buckets, waves of dates, losses, the date filter, the schedule, F1. */
export async function comparePrimitives(folder: ReferenceFolder, say: Say): Promise<void> {
  const file = "primitives.safetensors";
  const reference = await folder.tensors(file);
  const known = new Set<string>();
  const check = (name: string, ours: Tensor, bar: number = bars.forward) => {
    known.add(name);
    say(compare(ours, reference[name]!, { file, tensor: name, bar }));
  };
  for (const name of Object.keys(reference)) {
    const length = Number(/^bucket_L(\d+)$/.exec(name)?.[1] ?? 0);
    if (length) check(name, { type: "uint8", shape: [length, length], data: officialBuckets(length) }, bars.equal);
  }
  await compareWaves(reference, known, check);
  for (const prefix of new Set(Object.keys(reference).flatMap((name) => /^(.+)\.tokens_/.exec(name)?.[1] ?? []))) {
    await compareContrast(prefix, reference, known, check);
  }
  const { "f1.logits": logits, "f1.labels": labels } = reference;
  if (logits && labels) {
    const { perClass, macro, micro, weighted } = multilabelF1(
      logits.data as Float32Array,
      labels.data as BigInt64Array,
      logits.shape[1]!,
    );
    if (reference["f1.per_class"]) check("f1.per_class", floats(perClass));
    if (reference["f1.macro_micro_weighted"]) check("f1.macro_micro_weighted", floats([macro, micro, weighted]));
    known.add("f1.logits").add("f1.labels");
  }
  for (const name of Object.keys(reference)) if (!known.has(name)) say(skipped(file, name, "not known here"));
  if (folder.files.has("date_filter.json")) await compareDateFilter(await folder.json("date_filter.json"), say);
  if (folder.files.has("plateau.json")) comparePlateau(await folder.json("plateau.json"), say);
  if (folder.files.has("closed_form_weights.json"))
    compareClosedForm(await folder.json("closed_form_weights.json"), say);
}

type Check = (name: string, ours: Tensor, bar?: number) => void;

async function compareWaves(reference: Tensors, known: Set<string>, check: Check): Promise<void> {
  for (const [name, tensor] of Object.entries(reference)) {
    const [, period, width, repeats] = /^pe_T(\d+)_dv(\d+)_repeat(\d+)$/.exec(name)?.map(Number) ?? [];
    if (period && width) {
      const graph = new Graph();
      const days = graph.constant(
        Float32Array.from({ length: tensor.shape[0]! }, (_, day) => day),
        { shape: [tensor.shape[0]!, 1] },
      );
      graph.output("waves", seriesWaves(graph, days, period, width));
      const { waves } = await runOnce(graph, {});
      if (repeats === 1) check(name, waves!);
    }
    const [, tablePeriod, tableWidth] = /^decoder_table_T(\d+)_D(\d+)$/.exec(name)?.map(Number) ?? [];
    const rows = reference[`${name}_rows`];
    if (tablePeriod && tableWidth && rows) {
      const table = sinusoidTable(tablePeriod, tableWidth);
      const days = [...rows.data].map(Number);
      const taken = days.map((day) => [...table.subarray(day * tableWidth, (day + 1) * tableWidth)]);
      check(name, floats(taken.flat(), [taken.length, tableWidth]));
      known.add(`${name}_rows`);
    }
  }
}

/** The contrastive loss with its gradients, the cosine matrix, and the share of right matches. */
async function compareContrast(prefix: string, reference: Tensors, known: Set<string>, check: Check): Promise<void> {
  const start = `${prefix}.tokens_`;
  const names = Object.keys(reference)
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length));
  const graph = new Graph();
  const given = names.map((name) => graph.input(name, reference[start + name]!.shape));
  const { similarity, loss } = contrast(graph, given, 0.1);
  graph.output("similarity", similarity);
  graph.output("loss", loss);
  for (const [index, slope] of gradients(graph, loss, given).entries()) graph.output(`slope ${names[index]}`, slope);
  const inputs = Object.fromEntries(names.map((name) => [name, reference[start + name]!]));
  const results = await runOnce(graph, inputs);
  for (const name of names) {
    known.add(start + name);
    if (reference[`${prefix}.grad_${name}`]) check(`${prefix}.grad_${name}`, results[`slope ${name}`]!, bars.gradient);
  }
  if (reference[`${prefix}.loss`]) check(`${prefix}.loss`, results.loss!);
  if (reference[`${prefix}.cosine`]) check(`${prefix}.cosine`, results.similarity!);
  if (reference[`${prefix}.acc`]) {
    check(`${prefix}.acc`, floats(matchingAccuracy(results.similarity!.data as Float32Array, names.length)));
  }
}

const dateCases = z.array(
  z.looseObject({
    attention: z.array(z.array(z.number())),
    dates: z.array(z.array(z.int())),
    selected: z.array(z.array(z.int())),
  }),
);

async function compareDateFilter(json: unknown, say: Say): Promise<void> {
  const file = "date_filter.json";
  for (const [index, { attention, dates, selected }] of dateCases.parse(json).entries()) {
    const shape = [attention.length, attention[0]!.length];
    const graph = new Graph();
    const days = graph.constant(dates.flat(), { shape, type: "int64" });
    const weights = graph.constant(Float32Array.from(attention.flat()), { shape });
    const chosen = chooseDates(graph, weights, officialCandidates(graph, days), 0.75);
    const pairs: number[] = [];
    if (chosen) {
      graph.output("chosen", chosen.chosen);
      const { chosen: flags } = await runOnce(graph, {});
      for (const [place, flag] of [...(flags!.data as Float32Array)].entries()) {
        if (flag) pairs.push(Math.floor(place / shape[1]!), place % shape[1]!);
      }
    }
    const list = (values: readonly number[]) => floats(values, [values.length / 2, 2]);
    say(compare(list(pairs), list(selected.flat()), { file, tensor: `case ${index}`, bar: bars.equal }));
  }
}

function comparePlateau(json: unknown, say: Say): void {
  const { val_loss, lr_after } = z
    .looseObject({ val_loss: z.array(z.number()), lr_after: z.array(z.number()) })
    .parse(json);
  const schedule = plateau({ factor: 0.1, patience: 10, threshold: 1e-4, mode: "min" });
  let state = schedule.start;
  const rates = val_loss.map((loss) => {
    state = schedule.advance(state, loss);
    return 1e-4 * schedule.scale(state);
  });
  say(compare(floats(rates), floats(lr_after), { file: "plateau.json", tensor: "lr_after", bar: bars.forward }));
}

const vectors = z.record(
  z.string(),
  z.looseObject({
    shape: z.array(z.int()),
    fnv1a32: z.number(),
    offset: z.number(),
    scale: z.number(),
    first4: z.array(z.number()),
    last: z.number(),
    sum_float64: z.number(),
  }),
);

function compareClosedForm(json: unknown, say: Say): void {
  const file = "closed_form_weights.json";
  for (const [name, vector] of Object.entries(vectors.parse(json))) {
    const values = closedForm(name, vector.shape);
    const { offset, scale } = closedFormRange(name, vector.shape);
    const exact = (what: string, ours: number, reference: number) =>
      say(compareNumber(ours, reference, { file, tensor: `${name} ${what}`, bar: bars.equal }));
    exact("hash", fnv1a(name), vector.fnv1a32);
    exact("offset", offset, vector.offset);
    exact("scale", scale, vector.scale);
    for (const [index, value] of vector.first4.entries()) exact(`[${index}]`, values[index]!, value);
    exact("last", values.at(-1)!, vector.last);
    const sum = values.reduce((total, value) => total + value, 0);
    say(compareNumber(sum, vector.sum_float64, { file, tensor: `${name} sum`, bar: 1e-9 }));
  }
}
