import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { leadsTo } from "./index.ts";
import { projectPaths } from "./paths.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-paths-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("a file whose side file is a link out is withheld, whatever full stops are in its name; its neighbours are not", () => {
  const [project, outside] = [join(room, "project"), join(room, "outside.txt")];
  mkdirSync(join(project, "imports"), { recursive: true });
  writeFileSync(outside, "secret");
  const images = ["plain.tif", "a.b.tif", "a.b.c.tif", "Upper.TIF", "linked.tif"];
  for (const name of images) writeFileSync(join(project, "imports", name), "");
  for (const name of ["a.b.tfw", "upper.tif.aux.xml", "linked.tif.msk"])
    symlinkSync(outside, join(project, "imports", name));
  const paths = projectPaths(project);
  paths.identify("2026-01-01");
  const withheld = images.filter((name) => leadsTo(paths.fromStored(`imports/${name}`)) !== undefined);
  expect(withheld).toEqual(["a.b.tif", "Upper.TIF", "linked.tif"]);
  // Paths are checked again after cached verdicts were forgotten.
  symlinkSync(outside, join(project, "imports", "plain.tif.aux.xml"));
  paths.forget();
  expect(leadsTo(paths.fromStored("imports/plain.tif"))).toBe(outside);
});
