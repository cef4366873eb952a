import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { seededRandom } from "../files/index.ts";
import { blockBytes, featureVersion, valuesFile } from "./group.ts";
import { GroupWriter, scalesOf } from "./group-writer.ts";
import { FeatureLayer } from "./layer.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-full-layer-"));
const disk = join(room, "disk");
/** A small file system of its own, where this machine permits mounting one. */
const mounted = (() => {
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(room, { recursive: true, force: true });
});

const [side, columns, count] = [32, 20, 12];
const values = (at: number): Float32Array => {
  const random = seededRandom("full-disk", at);
  return Float32Array.from({ length: side * side * columns }, () => random());
};
const group = {
  version: featureVersion,
  key: "k",
  modality: "s2",
  columns: Array.from({ length: columns }, (_, j) => `column ${j}`),
  side,
  blocks: Array.from({ length: count }, (_, i) => [i, 0] as const),
  ...scalesOf(values(0), columns),
  made: { at: "", appVersion: "test", dates: [] },
};
const seen = new Uint8Array(side * side).fill(1);
async function write(writer: GroupWriter): Promise<void> {
  try {
    while (writer.done < count) await writer.append(values(writer.done), seen);
  } finally {
    await writer.close();
  }
}

test.skipIf(!mounted)(
  "on a full disk a layer stops with one sentence, is none meanwhile, and goes on with the next block to the same bytes",
  async () => {
    const whole = join(room, "whole");
    await write(await GroupWriter.begin(whole, group));
    const folder = join(disk, "group");
    // What else lies on the disk leaves room for some blocks and a half.
    writeFileSync(join(disk, "other"), new Uint8Array(200 << 10));
    const full = await write(await GroupWriter.begin(folder, group)).catch(
      (error: { code?: string; message: string }) => error,
    );
    expect(full).toMatchObject({ code: "no-disk-space", message: expect.stringContaining("There is no space left") });
    expect(FeatureLayer.open([folder])).toBeUndefined();

    rmSync(join(disk, "other"));
    const writer = (await GroupWriter.resume(folder, "k"))!;
    expect(writer.done).toBeGreaterThan(0);
    expect(writer.done).toBeLessThan(count);
    expect(statSync(join(folder, valuesFile)).size).toBe(writer.done * blockBytes(group));
    await write(writer);
    expect(readFileSync(join(folder, valuesFile)).equals(readFileSync(join(whole, valuesFile)))).toBe(true);
    FeatureLayer.open([folder])!.close();
  },
);
