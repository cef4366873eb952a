import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tensor } from "../engine/index.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-checkpoint-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const path = join(room, "checkpoint.safetensors");
const state = { weight: tensor([1, 2, 3], [3]), "optimizer.step": tensor([7], [], "int64") };

test("tensors and counters come back from one file, and none is there before the first", async () => {
  expect(await readCheckpoint(path)).toBeUndefined();
  await writeCheckpoint(path, { state, progress: { step: 7, note: "Übung" } });
  expect(await readCheckpoint(path)).toEqual({ state, progress: { step: 7, note: "Übung" } });
});

test("a write that cannot end leaves the checkpoint before it, and nothing else", async () => {
  await writeCheckpoint(path, { state, progress: { step: 1 } });
  const broken = { weight: { ...state.weight, data: undefined } } as never;
  await expect(writeCheckpoint(path, { state: broken, progress: { step: 2 } })).rejects.toThrow();
  expect((await readCheckpoint<{ step: number }>(path))?.progress.step).toBe(1);
  expect(readdirSync(room)).toEqual(["checkpoint.safetensors"]);
});

test("killed at any moment of writing, the file is the old one or the new one, never half of one", async () => {
  const program = `
    import { writeCheckpoint } from ${JSON.stringify(join(import.meta.dirname, "checkpoint.ts"))};
    const data = new Float32Array(300_000);
    for (let step = 1; ; step++) {
      data.fill(step);
      await writeCheckpoint(process.argv[1], { state: { weight: { type: "float32", shape: [300_000], data } }, progress: { step } });
      if (step === 1) process.stdout.write("begun");
    }`;
  // The kill comes at a time that nobody chose: from outside, a little later each time.
  for (const milliseconds of [3, 11, 24]) {
    const folder = join(room, `killed-${milliseconds}`);
    mkdirSync(folder);
    const own = join(folder, "checkpoint.safetensors");
    const shell = `coproc "$0" --input-type=module -e "$1" "$2"; read -n 5 -u "\${COPROC[0]}"; sleep 0.0${String(milliseconds).padStart(2, "0")}; kill -9 $COPROC_PID; wait`;
    spawnSync("bash", ["-c", shell, process.execPath, program, own]);
    const found = await readCheckpoint<{ step: number }>(own);
    expect(found!.progress.step).toBeGreaterThan(0);
    expect(new Set(found!.state.weight!.data as Float32Array)).toEqual(new Set([found!.progress.step]));
  }
});

test("a damaged checkpoint is refused in words", async () => {
  await writeCheckpoint(path, { state, progress: { step: 1 } });
  writeFileSync(path, readFileSync(path).subarray(0, -3));
  await expect(readCheckpoint(path)).rejects.toMatchObject({ code: "weights-damaged" });
});
