import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { SplitPart } from "../../../src-shared/domain/job.ts";
import type { SplitReport } from "../../../src-shared/ipc/index.ts";
import { PatchSet } from "../../cube/index.ts";
import { patchGrid, projectArea } from "../../jobs/imagery.ts";
import { LabelPatches } from "../../jobs/label-patches.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-seen-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const june = join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif");
const [west, north] = [574_680, 5_622_440];
const projects = projectFolders({ appVersion: "test" });
const parts = ["train", "validation", "test"] as const;

/** A box of 128 × 64 patches of 10 m: the only image shows the western half. */
async function halfSeen(name: string, images: string[] = [june]) {
  const bounds = { minX: west, minY: north - 640, maxX: west + 1280, maxY: north };
  const catalog = await projects["project.create"]({ folder: join(room, name), area: { crs: "EPSG:32631", bounds } });
  const all = services({
    catalog,
    appVersion: "test",
    announce: () => {},
    runJob: () => Promise.reject(new Error("no jobs")),
  });
  await all["rasters.import"]({ paths: images });
  const classes = ["wheat", "maize", "beet"].map((title, i) => ({ code: i + 1, name: title, color: "#edc948" }));
  await all["legends.create"]({ name: "crops", classes });
  return { catalog, all };
}

/** A rectangle of patches from the north-west corner: column, row, width, height. */
function patchesAt(classCode: number, [col, row, width, height]: readonly [number, number, number, number], set = "") {
  const [left, top, right, bottom] = [west + 10 * col, north - 10 * row, west + 10 * (col + width), north - 10 * (row + height)]; // biome-ignore format: one line
  const ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]] as [number, number][]; // biome-ignore format: a ring
  return { classCode, coordinates: [[ring]], properties: { split: set } };
}

// Wheat is seen; of maize the west is seen and three times as much in the east is not; beet is seen nowhere.
const labels = [
  ...[0, 16, 32, 48].map((row) => patchesAt(1, [2, row, 12, 10], ["train", "test", "train", "validation"][row / 16])),
  ...[0, 16, 32, 48].map((row) => patchesAt(2, [44, row, 80, 12], ["train", "test", "train", "test"][row / 16])),
  ...[14, 30].map((row) => patchesAt(3, [80, row, 6, 2], row === 14 ? "train" : "test")),
];
const seen = { 1: 4 * 120, 2: 4 * 20 * 12 } as const;

const weight = ({ counts }: Pick<SplitReport, "counts">, code: number, part?: SplitPart) =>
  counts
    .filter((count) => count.classCode === code && (part === undefined || count.part === part))
    .reduce((sum, count) => sum + count.weight, 0);

test.for(["blocks", "polygons", "random", "field"] as const)(
  "a split by %s deals and counts the patches that images show, and names labels without any",
  async (method) => {
    const { catalog, all } = await halfSeen(method);
    await all["labels.add"]({ labels });
    const split = await all["labels.split"]({ method, tooFew: "train" });
    for (const code of [1, 2] as const) {
      expect(weight(split, code)).toBe(seen[code]);
      for (const part of ["train", "test"] as const) expect(weight(split, code, part)).toBeGreaterThan(0);
      if (method !== "field") expect(weight(split, code, "train") / seen[code]).toBeGreaterThan(0.3);
    }
    expect(weight(split, 3)).toBe(0);
    expect(split.notes).toContainEqual({ kind: "without-images", labels: 2, classCodes: [3] });
    expect(split.missing.filter(({ classCode }) => classCode === 3)).toEqual([]);
    // What is in force says the same, and so does the table of classes.
    const state = await all["labels.splitState"]({});
    const { id, counts, missing, notes } = state.split!;
    const sorted = (list: SplitReport["counts"]) =>
      list.map(({ classCode, part, items, weight: own }) => `${classCode} ${part} ${items} ${own}`).sort();
    expect({ id, counts: sorted(counts), missing }).toEqual({ id: split.id, counts: sorted(split.counts), missing: split.missing }); // biome-ignore format: one line
    expect(notes).toEqual(split.notes);
    const { classes } = await all["labels.summary"]({});
    for (const { code, parts: own } of classes)
      for (const part of parts) expect(own[part].patches).toBe(weight(split, code, part));
    // A training and a test find just these patches where the image is.
    const input = await all["labels.input"]({});
    const { grid } = catalog.project.get();
    const area = projectArea(grid);
    const western = { ...area, width: 64 };
    for (const part of parts) {
      const found = new LabelPatches(input, part, [1, 2, 3], patchGrid(grid), area, PatchSet.ofWindow(western));
      const own = found.labels(western).classes;
      for (const code of [1, 2, 3]) {
        const count = own.filter((index) => index === code - 1).length;
        expect([part, code, count]).toEqual([part, code, weight(split, code, part)]);
      }
    }
    // Nothing says of a label without images that it tests, unless its own field does.
    if (method !== "field") {
      const beet = (await all["labels.list"]({})).labels
        .filter(({ classCode }) => classCode === 3)
        .map((own) => own.id);
      const sets = await all["labels.parts"]({});
      expect(beet.length).toBe(2);
      for (const own of beet) expect(sets.unused).toContain(own);
    }
    catalog.close();
  },
);

test("a label that no image shows is among the problems, as many as the totals say, also one smaller than a patch", async () => {
  const { catalog, all } = await halfSeen("problems");
  await all["labels.add"]({ labels });
  const [x, y] = [west + 901, north - 301];
  const tiny = (left: number): [number, number][] => [[left, y], [left + 3, y], [left, y - 3], [left, y]]; // biome-ignore format: a ring
  const added = await all["labels.add"]({
    labels: [x, west + 301].map((left) => ({ classCode: 1, coordinates: [[tiny(left)]] })),
  });
  const problems = await all["labels.problems"]({});
  const kindOf = (id: number) => problems.filter(({ label }) => label === id).map(({ kind }) => kind);
  expect(added.ids.map(kindOf)).toEqual([["no-images"], ["tiny"]]);
  const beet = (await all["labels.list"]({})).labels.filter(({ classCode }) => classCode === 3);
  expect(beet.map(({ id }) => kindOf(id))).toEqual([["no-images"], ["no-images"]]);
  expect(problems).toHaveLength(4);
  expect((await all["labels.summary"]({})).outside).toBe(3);
  catalog.close();
});

test("labels that no image shows cannot be split, and say so", async () => {
  const { catalog, all } = await halfSeen("none");
  await all["labels.add"]({ labels: labels.slice(-2) });
  await expect(all["labels.split"]({})).rejects.toMatchObject({ code: "split-without-images" });
  catalog.close();
});

test("images that come after a split count at once, and the split says that it was made before", {
  tags: ["gdal"],
}, async () => {
  const east = join(room, "S2_L2A_10m_20190610T105703_east.tif");
  const corners = [west + 640, north, west + 1280, north - 640].map(String);
  execFileSync("gdal_translate", ["-q", "-a_ullr", ...corners, june, east]);
  const { catalog, all } = await halfSeen("later");
  await all["labels.add"]({ labels });
  await all["labels.split"]({ tooFew: "train" });
  const kinds = async () => (await all["labels.splitState"]({})).split!.notes.map(({ kind }) => kind);
  expect(await kinds()).toContain("without-images");
  expect(await kinds()).not.toContain("images-changed");
  await all["rasters.import"]({ paths: [east] });
  const { split } = await all["labels.splitState"]({});
  expect(weight(split!, 2)).toBe(4 * 80 * 12);
  expect(weight(split!, 3, "unused")).toBe(2 * 12);
  expect(await kinds()).toContain("images-changed");
  expect(await kinds()).not.toContain("without-images");
  // Beet is seen now and neither trains nor tests.
  for (const part of ["train", "test"] as const) expect(split!.missing).toContainEqual({ classCode: 3, part });
  // Made again, it has no warnings, and every label has a set.
  const again = await all["labels.split"]({ tooFew: "train" });
  expect(weight(again, 3, "train") + weight(again, 3, "test")).toBeGreaterThan(0);
  expect(await kinds()).not.toContain("images-changed");
  catalog.close();
});
