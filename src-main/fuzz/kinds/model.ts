import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, tensor, writeSafetensors } from "../../engine/index.ts";
import { expectedTensors } from "../../jobs/model-tensors.ts";
import { type NewModel, writeModel } from "../../learning/model.ts";
import { unpackHere } from "../../services/model-import.ts";
import type { FuzzKind } from "../kind.ts";
import { damageBytes } from "../mutate/bytes.ts";
import { damageText } from "../mutate/text.ts";
import { damageZip, zipOf } from "../mutate/zip.ts";
import type { Random } from "../random.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Values that no description has: of every type, and of every size. */
const odd: readonly unknown[] = [null, true, "", "x", "../../etc/passwd", "a".repeat(5000), -1, 0, 0.5, 1e9, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[]], [null], { a: 1 }, "__proto__", "\0"]; // biome-ignore format: one line

/** One to four values of a JSON text replaced by odd ones, wherever they are; some names too. */
function oddValues(json: string, random: Random): string {
  const root = JSON.parse(json) as unknown;
  for (let i = 0; i < random.between(1, 4); i++) {
    const places: [Record<string, unknown>, string][] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const key of Object.keys(value)) {
        places.push([value as Record<string, unknown>, key]);
        walk((value as Record<string, unknown>)[key]);
      }
    };
    walk(root);
    if (places.length === 0) break;
    const [home, key] = random.pick(places);
    if (random.chance(0.15)) delete home[key];
    else if (random.chance(0.1) && !Array.isArray(home))
      home[String(random.pick(["extra", "__proto__x", "config", "weights"]))] = random.pick(odd); // biome-ignore format: one line
    else home[key] = structuredClone(random.pick(odd));
  }
  return JSON.stringify(root);
}

/** Headers and lengths of a safetensors file; the length in front is made right again half of the time. */
function damageWeights(bytes: Uint8Array, random: Random): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (random.chance(0.2)) return damageBytes(bytes, random, 3);
  const header = text(bytes.subarray(8, 8 + length));
  const damaged = random.chance(0.6) ? bytesOf(oddValues(header, random)) : damageText(header, random, 3);
  const out = new Uint8Array(8 + damaged.length + bytes.length - 8 - length);
  new DataView(out.buffer).setBigUint64(
    0,
    random.chance(0.8) ? BigInt(damaged.length) : BigInt(random.pick([0, length, 2 ** 40])),
    true,
  );
  out.set(damaged, 8);
  out.set(bytes.subarray(8 + length), 8 + damaged.length);
  // Not numbers among the weights.
  if (random.chance(0.1) && out.length > 16) out.fill(255, out.length - 4);
  return out;
}

const tensors = {
  "encoder.weight": tensor([1, 2, 3, 4, 5, 6], [2, 3]),
  "head.bias": tensor([5], [1]),
  count: tensor([7], [], "int64"),
  mask: tensor([1, 0], [2], "bool"),
};

export const safetensors: FuzzKind = {
  name: "safetensors",
  async seeds(scratch) {
    const path = join(scratch, "own.safetensors");
    await writeSafetensors(path, tensors, { format: "pt", note: "é" });
    return [{ name: "own", files: { "weights.safetensors": new Uint8Array(readFileSync(path)) } }];
  },
  mutate: (seed, random) => ({ "weights.safetensors": damageWeights(seed.files["weights.safetensors"]!, random) }),
  async read(folder) {
    await readSafetensors(join(folder, "weights.safetensors"));
  },
};

const model: NewModel = {
  name: "crops",
  task: "dense",
  appVersion: "1",
  config: {
    modalities: [
      { kind: "image", name: "aerial", channels: 4, patchPixels: 50, groups: 4 },
      { kind: "series", name: "s2", channels: 2, patchPixels: 1, heads: 4, keyWidth: 8, inputWidths: [16, 32], outputWidths: [32, 32], period: 367, normalizesSequence: true }, // biome-ignore format: one line
    ],
    grid: { rows: 6, columns: 6 },
    width: 32,
    depth: 2,
    heads: 4,
    mlpRatio: 4,
    dropout: { tokens: 0.2, attention: 0.1, path: 0.1, series: 0.2, dates: 0.1 },
    relativePositions: "grid",
    inputNormalization: false,
    maskRatio: 0.75,
    dateQuantile: 0.75,
    temperature: null,
  },
  days: { kind: "of-year", period: 367 },
  modalities: [
    { name: "aerial", sensor: "aerial", kind: "image", bands: ["R", "G", "B", "N"], resolutionMeters: 0.2, patchPixels: 50, resampling: "average", clearClasses: [], normalization: { bands: ["R", "G", "B", "N"].map((name) => ({ name, mean: 90, std: 40 })), pixels: 9 } }, // biome-ignore format: one line
    { name: "s2", sensor: "sentinel-2", kind: "series", bands: ["B02", "B03"], resolutionMeters: 10, patchPixels: 1, resampling: "bilinear", clearClasses: [4, 5], normalization: { bands: ["B02", "B03"].map((name) => ({ name, mean: 0.1, std: 0.2, clip: { low: 0, high: 1 } })), pixels: 9 } }, // biome-ignore format: one line
  ],
  grid: { crs: "EPSG:32631", patchMeters: 10, tilePatches: 6 },
  legend: [{ code: 254, name: "Weizen & Gerste", color: "#a0b0c0" }],
  training: { seed: 1, steps: 2, seconds: 3, provider: "cpu", bounds: { minX: 0, minY: 1, maxX: 2, maxY: 3 }, dates: [{ modality: "s2", first: "2019-01-01", last: "2019-12-31", count: 9 }], startedFrom: null, settings: { steps: 2 } }, // biome-ignore format: one line
};

const inside = ["model.json", "weights.safetensors", "README.md", "LICENSE"] as const;

/** Packages as folders and as archives: the description, the weights, their sum, and the archive's own fields. */
export const modelPackage: FuzzKind = {
  name: "model-package",
  async seeds(scratch) {
    const folder = join(scratch, "model");
    const weights = expectedTensors(model).map(({ name, type, shape }) => {
      const count = shape.reduce((product, length) => product * length, 1);
      return [name, tensor(new Array<number>(count).fill(0), shape, type)] as const;
    });
    await writeModel(folder, model, Object.fromEntries(weights));
    const files = Object.fromEntries(["model.json", "weights.safetensors"].map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))])); // biome-ignore format: one line
    return [{ name: "own", files: { ...files, "README.md": bytesOf("# crops"), LICENSE: bytesOf("MIT") } }];
  },
  mutate(seed, random) {
    const files: Record<string, Uint8Array> = { ...seed.files };
    if (random.chance(0.7)) {
      const json = text(files["model.json"]!);
      files["model.json"] = random.chance(0.75) ? bytesOf(oddValues(json, random)) : damageText(json, random, 3);
    }
    if (random.chance(0.4)) files["weights.safetensors"] = damageWeights(files["weights.safetensors"]!, random);
    // A package of somebody with intent has the right sum.
    if (random.chance(0.6)) {
      const sum = createHash("sha256").update(files["weights.safetensors"]!).digest("hex");
      files["model.json"] = bytesOf(
        text(files["model.json"]!).replace(/"sha256":\s*"[0-9a-f]{64}"/, `"sha256":"${sum}"`),
      );
    }
    if (random.chance(0.1)) delete files[random.pick(inside)];
    const names = Object.entries(files);
    if (random.chance(0.5)) {
      const archive = zipOf(
        names.map(([name, bytes]) => ({ name: random.chance(0.3) ? `crops/${name}` : name, bytes })),
      );
      return { "package.zip": random.chance(0.6) ? damageZip(archive, random) : archive };
    }
    const named = names.map(([name, bytes]) => [random.chance(0.03) ? `package/${name}/inner` : `package/${name}`, bytes] as const); // biome-ignore format: one line
    return Object.fromEntries(named.length > 0 ? named : [["package/nothing", bytesOf("")]]);
  },
  async read(folder, files) {
    const to = join(folder, "imported");
    try {
      await unpackHere(join(folder, files[0] === "package.zip" ? "package.zip" : "package"), to);
    } finally {
      rmSync(to, { recursive: true, force: true });
    }
  },
};
