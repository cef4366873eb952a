import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../engine/index.ts";
import type { ParityLine } from "./compare.ts";
import { parity } from "./parity.ts";

const fixtures = join(import.meta.dirname, "../fixtures");
const scratch = mkdtempSync(join(tmpdir(), "parity-"));
afterAll(() => rmSync(scratch, { recursive: true }));

async function run(folder: string) {
  const lines: ParityLine[] = [];
  const report = await parity(folder, { report: (line) => lines.push(line) });
  return { ...report, lines };
}

/** A copy of a fixture that may be spoilt. */
function copyOf(folder: string, name: string): string {
  const target = join(scratch, name);
  cpSync(join(fixtures, folder), target, { recursive: true });
  return target;
}

/** Leaves entries out of a copy's manifest; without the traces, no steps of training are compared. */
function leaveOut(folder: string, ...names: readonly string[]): void {
  const path = join(folder, "manifest.json");
  const manifest = Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>);
  writeFileSync(path, JSON.stringify(Object.fromEntries(manifest.filter(([name]) => !names.includes(name)))));
}
const traces = (kind: string) => [`${kind}_trace_f32`, `${kind}_trace_f64`];

test("an image and two series agree with the official code: forwards, losses, gradients, three steps of training", async () => {
  const { ok, lines, verdict } = await run(join(fixtures, "pastis_small"));
  expect(lines.filter(({ status }) => status === "differs")).toEqual([]);
  expect(ok).toBe(true);
  expect(verdict).toMatch(/^parity: ok\. \d+ tensors agree/);
  const compared = new Set(
    lines.filter(({ status }) => status === "ok").map(({ file, tensor }) => `${file} ${tensor}`),
  );
  for (const expected of [
    "eval.safetensors tokens_aerial",
    "eval.safetensors attention_s2",
    "eval.safetensors logits.s1-asc",
    "eval.safetensors internal.block3.rpe_bias",
    "pretrain.safetensors mask",
    "pretrain.safetensors selected_dates_s2",
    "pretrain.safetensors reconstruct_aerial",
    "pretrain.safetensors loss.contrastive_loss",
    "pretrain_grads.safetensors encoder.projector_s2.attention_heads.Q",
    "pretrain_after3.safetensors encoder.projector_s2.inconv.1.running_var",
    "finetune_grads.safetensors head.0.weight",
    "manifest.json pretrain_trace step 3 loss",
  ]) {
    expect(compared).toContain(expected);
  }
  expect(lines.filter(({ note }) => note === "not known here")).toEqual([]);
});

test("series of one pixel per patch agree: every gradient of pre-training, and the losses of three steps", async () => {
  const { lines, ok } = await run(join(fixtures, "treesat_small"));
  expect(lines.filter(({ status }) => status === "differs")).toEqual([]);
  expect(ok).toBe(true);
  const gradients = lines.filter(({ file, status }) => file === "pretrain_grads.safetensors" && status === "ok");
  expect(gradients.length).toBeGreaterThan(120);
  expect(lines.some(({ file, status }) => file.endsWith("finetune_trace step 2") && status === "ok")).toBe(true);
});

test("an image and two single dates agree with the official code", async () => {
  const { ok, compared } = await run(join(fixtures, "treesat_mono_small"));
  expect(ok).toBe(true);
  expect(compared).toBeGreaterThan(70);
});

test("the pieces agree: buckets, waves of dates, contrastive loss, date filter, schedule, F1, weights by formula", async () => {
  const { ok, lines } = await run(join(fixtures, "primitives"));
  expect(lines.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(ok).toBe(true);
});

test("the comparison reports a single wrong weight", async () => {
  const folder = copyOf("treesat_mono_small", "wrong-weight");
  leaveOut(folder, ...traces("pretrain"), ...traces("finetune"));
  const path = join(folder, "weights.safetensors");
  const { tensors } = await readSafetensors(path);
  (tensors["encoder.blocks.1.attn.proj.bias"]!.data as Float32Array)[3]! += 0.01;
  await writeSafetensors(path, tensors, {});
  const { ok, lines, verdict } = await run(folder);
  expect(ok).toBe(false);
  expect(verdict).toMatch(/^parity: failed\. \d+ of \d+ tensors differ/);
  const differing = lines.filter(({ status }) => status === "differs").map(({ tensor }) => tensor);
  expect(differing).toContain("internal.block1.out");
  expect(differing).not.toContain("internal.block0.out");
});

test("the architecture is found from the tensors where the manifest leaves it out", async () => {
  const folder = copyOf("treesat_mono_small", "silent");
  leaveOut(folder, "transformer", "projectors", "decoders", "data", "patches", "n_class", "files");
  // Pre-training needs the decoders too; fine-tuning nothing more.
  leaveOut(folder, ...traces("finetune"));
  const { ok, lines } = await run(folder);
  expect(ok).toBe(true);
  expect(lines.some(({ file, status }) => file === "manifest.json pretrain_trace step 2" && status === "ok")).toBe(
    true,
  );
});

test("what cannot be compared is said in a sentence", async () => {
  await expect(parity(join(scratch, "nowhere"))).rejects.toThrow("does not exist");
  const broken = copyOf("treesat_mono_small", "broken");
  writeFileSync(join(broken, "manifest.json"), '{"modalities": [');
  await expect(parity(broken)).rejects.toThrow("manifest.json” cannot be used for parity: it is not JSON");
  const bare = copyOf("treesat_mono_small", "bare");
  rmSync(join(bare, "weights.safetensors"));
  await expect(parity(bare)).rejects.toThrow("has no weights.safetensors and names no formula for them");
  const blind = copyOf("treesat_mono_small", "blind");
  rmSync(join(blind, "inputs.safetensors"));
  await expect(parity(blind)).rejects.toThrow("has no inputs.safetensors");
  const torn = copyOf("treesat_mono_small", "torn");
  writeFileSync(join(torn, "eval.safetensors"), readFileSync(join(torn, "eval.safetensors")).subarray(0, 5000));
  await expect(parity(torn)).rejects.toThrow("eval.safetensors");
});
