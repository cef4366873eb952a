import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Tensors, tensor } from "../graph/index.ts";
import { readSafetensors, weightsCheck, writeSafetensors } from "./safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "safetensors-"));

const tensors: Tensors = {
  "encoder.weight": tensor([1.5, -2, 3, 0, 5, 6], [2, 3]),
  "norm.num_batches_tracked": tensor([7], [], "int64"),
  indices: tensor([3, -1], [2], "int32"),
  mask: tensor([1, 0, 255], [3], "uint8"),
  empty: tensor([], [0, 4]),
};

test("what was written is read back, with its metadata", async () => {
  const path = join(folder, "back.safetensors");
  await writeSafetensors(path, tensors, { format: "pt", note: "Übung" });
  const { tensors: read, metadata } = await readSafetensors(path);
  expect(read).toEqual(tensors);
  expect(metadata).toEqual({ format: "pt", note: "Übung" });
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("an independent reader in Python finds the same numbers", async () => {
  const path = join(folder, "python.safetensors");
  await writeSafetensors(path, tensors);
  const program = `
import json, struct, sys
data = open(sys.argv[1], "rb").read()
length, = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + length])
body = data[8 + length:]
kinds = {"F32": "f", "I64": "q", "I32": "i", "U8": "B"}
print(json.dumps({name: [row["shape"], list(struct.unpack("<%d%s" % ((row["data_offsets"][1] - row["data_offsets"][0]) // struct.calcsize(kinds[row["dtype"]]), kinds[row["dtype"]]), body[row["data_offsets"][0]:row["data_offsets"][1]]))] for name, row in header.items()}, sort_keys=True))
print(length % 8, max(row["data_offsets"][1] for row in header.values()) == len(body))`;
  const [found, layout] = execFileSync("python3", ["-c", program, path], { encoding: "utf8" }).split("\n");
  const expected = Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, [shape, Array.from(data, Number)]]),
  );
  expect(JSON.parse(found!)).toEqual(expected);
  expect(layout).toBe("0 True");
});

const whole = async (): Promise<Buffer> => {
  const path = join(folder, "whole.safetensors");
  await writeSafetensors(path, tensors);
  return readFileSync(path);
};

const withHeader = (header: string, body = 24): Buffer => {
  const bytes = Buffer.alloc(8 + header.length + body);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  return bytes;
};

const damages: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  "holds 3 bytes": () => Buffer.from([1, 2, 3]),
  "header is cut off": async () => (await whole()).subarray(0, 40),
  "should hold": async () => (await whole()).subarray(0, -1),
  "is not JSON": () => withHeader("{nonsense"),
  "is not an object": () => withHeader("[1, 2]"),
  "element type “F64”": () => withHeader('{"x":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}}'),
  "in 24 bytes": () => withHeader('{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,24]}}'),
  "starts at 4 instead of 0": () => withHeader('{"x":{"dtype":"F32","shape":[5],"data_offsets":[4,24]}}'),
  "is not described": () => withHeader('{"x":{"dtype":"F32","shape":[-6],"data_offsets":[0,24]}}'),
};

for (const [reason, make] of Object.entries(damages))
  test(`a damaged file is refused in words: ${reason}`, async () => {
    const path = join(folder, "damaged.safetensors");
    writeFileSync(path, await make());
    const error = await readSafetensors(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe("weights-damaged");
    expect((error as AppError).message).toContain(reason);
    expect((error as AppError).message).toContain(path);
  });

test("a missing file is said to be missing", async () => {
  await expect(readSafetensors(join(folder, "none.safetensors"))).rejects.toMatchObject({ code: "weights-missing" });
});

test("a write that fails leaves the earlier file and nothing else", async () => {
  const path = join(folder, "kept.safetensors");
  await writeSafetensors(path, tensors);
  const broken = { x: { type: "float32", shape: [2], data: undefined } } as unknown as Tensors;
  await expect(writeSafetensors(path, broken)).rejects.toThrow();
  expect((await readSafetensors(path)).tensors).toEqual(tensors);
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("weights looked through piece by piece are judged as those read whole, wherever the pieces end", async () => {
  const path = join(folder, "pieces.safetensors");
  await writeSafetensors(path, tensors);
  const bytes = readFileSync(path);
  const sum = createHash("sha256").update(bytes).digest("hex");
  const judge = (file: Uint8Array, step: number): string => {
    let names: string[] = [];
    const check = weightsCheck(path, file.length, (entries) => {
      names = entries.map(({ name }) => name).sort();
    });
    for (let at = 0; at < file.length; at += step) check.push(file.subarray(at, at + step));
    const own = check.end();
    expect(names).toEqual(Object.keys(tensors).sort());
    return own;
  };
  // Where the six floats lie.
  const first = bytes.indexOf(Buffer.from(new Float32Array([1.5, -2]).buffer));
  for (const step of [1, 3, 4, 7, 64, bytes.length]) {
    expect(judge(bytes, step)).toBe(sum);
    for (const [at, value] of [
      [0, Number.NaN],
      [5, Number.POSITIVE_INFINITY],
      [2, Number.NEGATIVE_INFINITY],
    ] as const) {
      const damaged = Buffer.from(bytes);
      damaged.writeFloatLE(value, first + 4 * at);
      expect(() => judge(damaged, step)).toThrow(`(${at + 1} of 6)`);
    }
    const largest = Buffer.from(bytes);
    largest.writeFloatLE(-3.4028234663852886e38, first);
    expect(judge(largest, step)).not.toBe(sum);
    expect(() => judge(bytes.subarray(0, bytes.length - 1), step)).toThrow();
  }
  for (const head of [
    [0, 0, 0, 0, 0, 0, 0, 0],
    [255, 255, 255, 255, 255, 255, 255, 255],
    [2, 0, 0, 0, 0, 0, 0, 0, 123, 125, 0],
  ])
    expect(() => judge(Uint8Array.from(head), 3)).toThrow();
});
