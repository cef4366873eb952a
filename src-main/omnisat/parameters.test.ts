import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Init } from "../engine/index.ts";
import { type ModalityConfig, type OmniSatConfig, officialDropout } from "./config.ts";
import { countParameters, parametersOf } from "./parameters.ts";
import { sinusoidTable } from "./sinusoids.ts";

interface Listed {
  readonly name: string;
  readonly shape: string;
  readonly role: "trained" | "frozen" | "buffer";
  readonly initial: string;
}

const roles = { P: "trained", F: "frozen", B: "buffer" } as const;

/** The official list of one full-size model. */
function officialList(dataset: string): { tensors: Listed[]; total: number; trained: number } {
  const text = readFileSync(join(import.meta.dirname, `fixtures/state_dict_${dataset}.txt`), "utf8");
  const tensors = text
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => {
      const [name, , shape, role, initial] = line.split("|").map((part) => part.trim());
      const lengths = shape!.replace(/[(),]/g, " ").trim().split(/\s+/).filter(Boolean);
      return { name: name!, shape: lengths.join(","), role: roles[role as "P"], initial: initial! };
    });
  const count = (words: string) => Number(new RegExp(`${words}: ([\\d,]+)`).exec(text)![1]!.replaceAll(",", ""));
  return { tensors, total: count("# total parameters"), trained: count("# total trainable") };
}

const series = (name: string, channels: number, patchPixels: number, period: number): ModalityConfig => ({
  kind: "series",
  name,
  channels,
  patchPixels,
  heads: 16,
  keyWidth: 8,
  inputWidths: [32, 128, 256],
  outputWidths: [256, 512, 256],
  period,
  normalizesSequence: name === "s2",
});

const image = (channels: number, patchPixels: number): ModalityConfig => ({
  kind: "image",
  name: "aerial",
  channels,
  patchPixels,
  groups: 4,
});

const full = (modalities: readonly ModalityConfig[], side: number): OmniSatConfig => ({
  modalities,
  grid: { rows: side, columns: side },
  width: 256,
  depth: 6,
  heads: 16,
  mlpRatio: 4,
  dropout: officialDropout,
  relativePositions: "official",
  maskRatio: 0.75,
  dateQuantile: 0.75,
  temperature: 0.1,
});

const datasets: Record<string, OmniSatConfig> = {
  treesat: full([image(4, 50), series("s2", 10, 1, 367), series("s1-asc", 2, 1, 367)], 6),
  flair: full([image(5, 50), series("s2", 10, 1, 367)], 10),
  pastis: full([image(3, 40), series("s2", 10, 4, 734), series("s1-asc", 3, 4, 734)], 32),
};

/** An initial value in the list's words. */
function inWords(init: Init, name: string): string {
  if (name.endsWith("temp_encoding.weight")) return "sinusoid table (frozen)";
  switch (init.kind) {
    case "constant":
      if (name.endsWith("num_batches_tracked")) return "0";
      return init.value === 0 ? "zeros" : "ones";
    case "normal":
      return `normal(0,${init.std})`;
    case "fanIn":
      return `uniform(+-1/sqrt(${init.fanIn}))`;
    default:
      return init.kind;
  }
}

test.each(Object.keys(datasets))(
  "the full %s model has the official tensors, shapes, roles and initial values",
  (dataset) => {
    const { tensors, total, trained } = officialList(dataset);
    const ours = parametersOf(datasets[dataset]!);
    const list = ours.map(({ name, value, role, init }) => ({
      name,
      shape: value.shape.join(","),
      role,
      initial: inWords(init, name),
    }));
    const byName = (a: Listed, b: Listed) => (a.name < b.name ? -1 : 1);
    expect(list.sort(byName)).toEqual(tensors.sort(byName));
    expect(countParameters(ours)).toEqual({ trained, total });
  },
);

test("the TreeSat model has the published sizes, part by part", () => {
  const ours = parametersOf(datasets.treesat!);
  expect(countParameters(ours)).toEqual({ trained: 11_621_072, total: 11_808_976 });
  expect(countParameters(ours, "encoder.projector_aerial.").total).toBe(3_550_464);
  expect(countParameters(ours, "encoder.projector_s2.").total).toBe(403_232);
  expect(countParameters(ours, "encoder.projector_s1-asc.").total).toBe(402_464);
  expect(countParameters(ours, "decoder.projector_aerial.").total).toBe(1_778_692);
  expect(countParameters(ours, "decoder.projector_s2.")).toEqual({ trained: 2_570, total: 96_522 });
  expect(countParameters(ours, "encoder.blocks.").total).toBe(5_473_152);
});

test("the fixed table of dates is one row per day, sine and cosine by turns", () => {
  const table = sinusoidTable(367, 8);
  expect([...table.subarray(0, 8)]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  expect(table[8 * 100]).toBeCloseTo(Math.sin(100), 6);
  expect(table[8 * 100 + 3]).toBeCloseTo(Math.cos(100 / 367 ** 0.25), 6);
});
