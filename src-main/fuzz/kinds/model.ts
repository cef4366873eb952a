import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, tensor, writeSafetensors } from "../../engine/index.ts";
import { zipOf } from "../../files/index.ts";
import { expectedTensors } from "../../jobs/model-tensors.ts";
import { exampleModel } from "../../learning/fixtures/example-model.ts";
import { newGolden } from "../../learning/golden.ts";
import { writeModel } from "../../learning/trained-model.ts";
import { unpackHere } from "../../services/models/import.ts";
import type { FuzzKind } from "../kind.ts";
import { damageBytes } from "../mutate/bytes.ts";
import { oddValues } from "../mutate/json.ts";
import { damageText } from "../mutate/text.ts";
import { damageZip } from "../mutate/zip.ts";
import type { Random } from "../random.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);

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

const inside = ["model.json", "weights.safetensors", "golden.json", "README.md", "LICENSE"] as const;

/** Packages as folders and as archives: the description, the weights, their sum, and the archive's own fields. */
export const modelPackage: FuzzKind = {
  name: "model-package",
  async seeds(scratch) {
    const folder = join(scratch, "model");
    const weights = expectedTensors(exampleModel).map(({ name, type, shape }) => {
      const count = shape.reduce((product, length) => product * length, 1);
      return [name, tensor(new Array<number>(count).fill(0), shape, type)] as const;
    });
    await writeModel(folder, exampleModel, Object.fromEntries(weights));
    const files = Object.fromEntries(["model.json", "weights.safetensors"].map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))])); // biome-ignore format: one line
    const { modalities, legend } = exampleModel;
    const { sha256 } = (JSON.parse(text(files["model.json"]!)) as { weights: { sha256: string } }).weights;
    const golden = newGolden({
      weights: sha256,
      seed: 1,
      dates: 4,
      ranges: Object.fromEntries(
        modalities.map(({ name, bands }) => [name, bands.map((): [number, number] => [0, 1])]),
      ),
      tolerance: 0.02,
      outputs: [{ modalities: modalities.map(({ name }) => name), what: "shares", rows: [0, 5], values: [...legend!, ...legend!].map(() => 1) }], // biome-ignore format: one line
    });
    return [
      {
        name: "own",
        files: {
          ...files,
          "golden.json": bytesOf(JSON.stringify(golden)),
          "README.md": bytesOf("# crops"),
          LICENSE: bytesOf("MIT"),
        },
      },
    ];
  },
  mutate(seed, random) {
    const files: Record<string, Uint8Array> = { ...seed.files };
    if (random.chance(0.7)) {
      const json = text(files["model.json"]!);
      files["model.json"] = random.chance(0.75) ? bytesOf(oddValues(json, random)) : damageText(json, random, 3);
    }
    if (random.chance(0.4)) files["weights.safetensors"] = damageWeights(files["weights.safetensors"]!, random);
    if (random.chance(0.3)) {
      const json = text(files["golden.json"]!);
      files["golden.json"] = random.chance(0.75) ? bytesOf(oddValues(json, random)) : damageText(json, random, 3);
    }
    // An attacker's package has a correct checksum.
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
