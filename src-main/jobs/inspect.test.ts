import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { apply } from "../../src-shared/geo/affine.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet, randomModel, sampleGrid, sampleImagery, sampleLabels } from "./fixtures/sample.ts";
import { inspect } from "./inspect.ts";
import { map } from "./map.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-inspect-job-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("a patch has the probabilities that the map has there, and its heads share one among the dates", {
  tags: ["gdal"],
}, async () => {
  const grid = sampleGrid(12, 20, 20);
  const imagery = await sampleImagery(grid);
  const { legend } = sampleLabels();
  const modelFolder = join(room, "model");
  await randomModel(modelFolder, grid, imagery, legend);
  const folder = join(room, "job");
  mkdirSync(folder);
  const common = {
    folder,
    seed: 1,
    provider: "cpu",
    resume: false,
    appVersion: "test",
    grid,
    imagery,
    modelFolder,
    modalities: imagery.modalities.map(({ name }) => name),
    overlapPatches: 2,
    batchSize: 4,
  } as const;
  const whole = await map({ ...common, kind: "map", area: grid.geobox, probabilities: true, baseName: "all" }, quiet);
  const bands = gdalBands(whole.probabilitiesPath!);
  const places = [
    [0, 0],
    [7, 5],
    [11, 11],
  ] as const;
  const points = places.map(([col, row]) => {
    const [x, y] = apply(grid.geobox.affine, col + 0.3, row + 0.8);
    return { x, y };
  });
  const { patches } = await inspect({ ...common, kind: "inspect", points }, quiet);
  for (const [index, { probabilities, attention, seen, bounds }] of patches.entries()) {
    const [col, row] = places[index]!;
    expect(seen).toBe(true);
    const [minX, maxY] = apply(grid.geobox.affine, col, row);
    expect(bounds).toEqual({ minX, minY: maxY - 10, maxX: minX + 10, maxY });
    expect(probabilities.reduce((p, q) => p + q)).toBeCloseTo(1, 9);
    // The map keeps shares of ten thousand.
    expect(probabilities.map((value) => Math.round(10_000 * value))).toEqual(
      bands.map((band) => band[row * 12 + col]!),
    );
    expect(attention.map(({ modality }) => modality)).toEqual(["s2", "s1-asc"]);
    for (const { dates } of attention) {
      expect(dates.map(({ date }) => date)).toEqual(dates.map(({ date }) => date).sort());
      const heads = dates[0]!.heads.length;
      const clear = dates.some((date) => date.clear);
      for (let head = 0; head < heads; head++)
        expect(dates.reduce((sum, date) => sum + date.heads[head]!, 0)).toBeCloseTo(clear ? 1 : 0, 5);
      for (const date of dates) if (!date.clear) expect(date.weight).toBe(0);
    }
  }
});
