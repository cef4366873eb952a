import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Answer,
  copyImages,
  inventory,
  newProject,
  omnisat,
  sample,
  start,
  tiny,
  withoutDoubts,
} from "./omnisat.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-refusals-"));
const project = join(room, "flanders");
const disk = join(room, "small disk");
let mounted = false;
afterAll(() => {
  if (mounted) spawnSync("umount", [disk]);
  rmSync(room, { recursive: true, force: true });
});

beforeAll(async () => {
  await newProject(project, { optical: 3, radar: 3 });
});

/** One sentence for people on the error stream, no stack, exit code 1. */
function refusal({ code, err }: Answer): string {
  expect(code).toBe(1);
  const lines = err.trim().split("\n");
  expect(lines).toHaveLength(1);
  expect(err).not.toMatch(/\n\s+at |occurred in the program|node:internal|Error:/);
  return lines[0]!;
}

test("a second writer is told who holds the project; a reader is let in", async () => {
  const first = start(["pretrain", project, "encoder", "--steps", "5000", ...tiny, "--json"]);
  await first.said(/"type":"metric","step":1,/);
  const sentence = refusal(await omnisat("project", "import", project, join(project, "imagery")));
  expect(sentence).toContain("omnisat pretrain");
  expect(sentence).toContain(`process ${first.child.pid}`);
  expect((await omnisat("project", "list", project)).code).toBe(0);
  first.child.kill("SIGINT");
  expect((await first.ended).code).toBe(130);
  // Whoever held it is gone: the next writer is let in.
  const again = await omnisat("project", "import", project, join(project, "imagery"));
  expect([again.code, again.err]).toEqual([0, ""]);
});

test("a model whose modalities are not in the project is refused before anything is begun", async () => {
  for (const [name, ...inputs] of [["short"], ["optical", "--modalities", "s2"]] as const) {
    const made = await omnisat("pretrain", project, name, ...inputs, "--steps", "1", ...tiny);
    expect([made.code, withoutDoubts(made.err)]).toEqual([0, ""]);
  }
  const radar = join(room, "radar");
  await newProject(radar, { optical: 0, radar: 3 });
  const labels = ["labels", "import", radar, join(sample, "parcels.gpkg"), "--field", "class_name"];
  expect((await omnisat(...labels)).code).toBe(0);
  expect((await omnisat("split", radar, "--method", "field", "--field", "split")).code).toBe(0);
  const before = inventory(radar);
  const from = join(project, "models", "optical");
  const sentence = refusal(await omnisat("finetune", radar, "crops", "--from", from, "--steps", "1", ...tiny));
  expect(sentence).toContain("reads s2, which this project does not have");
  expect(sentence).toContain("s1-asc");
  expect(inventory(radar)).toEqual(before);
  // A model of another project that shares an input, named by its folder, is a start.
  const shared = join(project, "models", "short");
  expect((await omnisat("finetune", radar, "crops", "--from", shared, "--steps", "1")).code).toBe(0);
});

test("a disk that fills up: one sentence, nothing half written, and the project is whole", async (context) => {
  mkdirSync(disk);
  mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]).status === 0;
  if (!mounted) return context.skip("mounting a tmpfs is not permitted here");
  const full = join(disk, "project");
  const like = join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
  expect((await omnisat("project", "create", full, "--like", like, "--tile", "4")).code).toBe(0);
  const images = join(room, "images");
  copyImages(images, { optical: 0, radar: 4 });
  expect((await omnisat("project", "import", full, images)).code).toBe(0);
  const ballast = join(disk, "ballast");
  const leave = (kilobytes: number) => {
    rmSync(ballast, { force: true });
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, new Uint8Array(bavail * bsize - kilobytes * 1024));
  };
  const pretrain = () => omnisat("pretrain", full, "encoder", "--steps", "2", ...tiny);

  // Room for the job and the curve, but not for a checkpoint.
  leave(600);
  const checkpoint = refusal(await pretrain());
  expect(checkpoint).toMatch(/no space left on the disk to write “.*checkpoint.safetensors”/);
  // What the job was, what it read and what it said stay, so that a person can read why; of its results there is nothing.
  const stays = /^(project.omniproj|runs.*(spec.json|inputs.json|journal.jsonl|log.txt))/;
  expect(Object.keys(inventory(full)).filter((name) => !stays.test(name))).toEqual([]);
  const listed = await omnisat("project", "list", full);
  expect([listed.code, listed.out]).toEqual([0, expect.stringMatching(/pretrain +resumable/)]);

  // Not even room for the job: there is none afterwards, and no file of one.
  leave(60);
  const before = inventory(full);
  expect(refusal(await pretrain())).toContain("There is no space left on the disk");
  expect(inventory(full)).toEqual(before);

  rmSync(ballast);
  expect((await omnisat("pretrain", full, "encoder", "--resume", "--steps", "2", ...tiny)).code).toBe(0);
  expect((await omnisat("project", "list", full)).out).toMatch(/pretrain +finished/);
});
