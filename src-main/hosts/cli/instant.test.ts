import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { commandLine, jsonLines } from "./fixtures/command-line.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-cli-instant-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const project = join(room, "project");

/** What a command that must succeed printed. */
async function omnisat(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await commandLine([...args, "--json"]);
  expect(code, err).toBe(0);
  return jsonLines(out).findLast(({ type }) => type === "result")!;
}

test("values are computed, the instant map says what it learned, proposes places, finds labels that are contradicted, and is kept", {
  timeout: 600_000,
}, async () => {
  const days = readdirSync(join(sample, "S2_L2A_10m")).filter((_, i) => i % 24 === 6);
  const images = days.flatMap((name) => [
    join(sample, "S2_L2A_10m", name),
    join(sample, "S2_SCL_20m", name.replace("S2_L2A_10m", "S2_SCL_20m")),
  ]);
  await omnisat("project", "create", project, "--like", images[0]!, "--tile", "6");
  await omnisat("project", "import", project, ...images);
  const early = await commandLine(["instant", project]);
  expect([early.code, early.err]).toEqual([1, expect.stringContaining("omnisat features")]);
  expect(await omnisat("features", project)).toMatchObject({ groups: [{ modality: "s2" }], state: "ready" });
  const field = join(room, "field.geojson");
  expect(await omnisat("outline", project, "--at", "4.0630,50.7460", "--out", field)).toMatchObject({ path: field, outlines: [{ patches: expect.any(Number) }] }); // biome-ignore format: one line
  const [grown] = JSON.parse(readFileSync(field, "utf8")).features as { geometry: { type: string } }[];
  expect(grown!.geometry.type).toBe("Polygon");
  for (const [words, told] of [
    [["--at", "4.0630,50.7460"], "--out FILE is needed"],
    [["--out", field], "--at LON,LAT is needed"],
    [["--at", "4.0630,50.7460", "--out", field, "--grow", "7"], "from 0 to 1"],
  ] as const)
    expect((await commandLine(["outline", project, ...words])).err).toContain(told);
  // Without labels, places that are unlike each other.
  expect((await omnisat("instant", "next", project, "--count", "3")).places).toMatchObject([{ classCode: null }, { classCode: null }, { classCode: null }]); // biome-ignore format: one line

  await omnisat("labels", "import", project, join(sample, "parcels.gpkg"), "--field", "class_code", "--name-field", "class_name"); // biome-ignore format: one command
  await omnisat("split", project, "--method", "blocks", "--too-few", "train");
  const learned = await omnisat("instant", project);
  expect(learned).toMatchObject({ kind: "classes" });
  expect(learned.heldBack).toBeGreaterThan(0);
  // The sample's labels leave no patch without one.
  expect((await omnisat("instant", "next", project, "--count", "4")).places).toEqual([]);
  const { labels, judged } = (await omnisat("instant", "suspicious", project)) as { labels: object[]; judged: number };
  expect(judged).toBeGreaterThan(5);
  expect(labels.length).toBeLessThan(judged);
  expect((await commandLine(["instant", "suspicious", project])).out).toContain(
    `${labels.length} of ${judged} labels look like another class`,
  );
  const bad = await commandLine(["instant", "next", project, "--count", "many"]);
  expect(bad.code).not.toBe(0);
  expect(bad.err.trim().split("\n").length).toBeLessThan(4);

  expect(await omnisat("instant", project, "clicks")).toMatchObject({ name: "clicks" });
  expect(await omnisat("evaluate", project, "clicks")).toMatchObject({ part: "test" });
  expect((await commandLine(["model", "scores", project])).out).toMatch(/clicks +instant map +s2/);
});
