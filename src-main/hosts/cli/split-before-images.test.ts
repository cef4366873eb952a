import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { createCog } from "../../raster/index.ts";
import { commandLine, jsonLines } from "./fixtures/command-line.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-split-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const crs = "EPSG:32631";
const [west, north] = [500_000, 5_600_000];

/** An image of 48 × 48 pixels of 10 m, so many metres east of the corner. */
async function image(name: string, east: number): Promise<string> {
  const path = join(room, name);
  const geobox = { crs, affine: northUp(west + east, north, 10, 10), width: 48, height: 48 };
  const looks = { bandCount: 4, dataType: "uint16", nodata: 0, bandNames: ["B02", "B03", "B04", "B08"] } as const;
  await createCog(path, { geobox, overviewMethod: "none", blockSize: 64, ...looks }, async () =>
    [0, 1, 2, 3].map((band) => Uint16Array.from({ length: 48 * 48 }, (_, i) => 500 + 100 * band + (i % 31))),
  );
  return path;
}

test("the command line names labels without images at a split, and at a training that images came since", {
  timeout: 120_000,
}, async () => {
  const near = await image("S2_L2A_10m_20190416T105658.tif", 0);
  const far = await image("S2_L2A_10m_20190416T105658_east.tif", 480);
  // Two kinds in the western image, and beet in the eastern half alone.
  const points = Array.from({ length: 80 }, (_, i) => {
    const [col, row, kind] = [5 + 10 * (i % 4), 1 + 2 * Math.floor(i / 4), i % 2 ? "oats" : "maize"];
    return `${west + 10 * col + 5},${north - 10 * row - 5},${kind}`;
  });
  const beet = Array.from({ length: 6 }, (_, i) => `${west + 605 + 50 * i},${north - 105 - 50 * i},beet`);
  const csv = join(room, "points.csv");
  writeFileSync(csv, ["x,y,kind", ...points, ...beet].join("\n"));
  const project = join(room, "project");
  const bounds = [west, north - 480, west + 960, north].join(",");
  const told: string[] = [];
  for (const args of [
    ["project", "create", project, "--crs", crs, "--bounds", bounds, "--patch", "10", "--tile", "4"],
    ["project", "import", project, near],
    ["labels", "import", project, csv, "--field", "kind", "--crs", crs],
    ["split", project],
    ["project", "import", project, far],
    ["finetune", project, "first", "--size", "tiny", "--steps", "2", "--batch", "2", "--provider", "cpu"],
    ["split", project],
  ]) {
    const { code, out, err } = await commandLine([...args, "--json"]);
    expect([args[0], code, code === 0 ? "" : err]).toEqual([args[0], 0, ""]);
    if (args[0] === "split" || args[0] === "finetune") told.push(err);
    if (args[0] !== "split") continue;
    const { counts, classes } = jsonLines(out).findLast(({ type }) => type === "result") as {
      counts: { classCode: number; weight: number }[];
      classes: { code: number; name: string }[];
    };
    const sum = (name: string) =>
      counts
        .filter(({ classCode }) => classCode === classes.find((one) => one.name === name)!.code)
        .reduce((total, { weight }) => total + weight, 0);
    expect([sum("maize"), sum("oats"), sum("beet")]).toEqual([40, 40, told.length === 1 ? 0 : 6]);
  }
  const [before, training, after] = told;
  expect(before).toContain("6 labels lie where the project has no images and neither train nor test.");
  expect(before).toContain("No image shows a label of “beet”.");
  expect(training).toContain("have changed since this split was made");
  expect(after).not.toMatch(/no images|have changed/);
});
