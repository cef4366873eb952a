import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, win32 } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isWithin, leadsTo } from "./index.ts";
import { projectPaths, withheldFolder, withheldPath } from "./paths.ts";

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

test("what lies in a folder is told by each system's rules of paths", () => {
  const inside = (folder: string, path: string) => isWithin(folder, path, win32);
  for (const path of ["C:\\Data", "c:\\data\\x.tif", "C:\\DATA\\a\\b", "C:\\Data\\..x"])
    expect([path, inside("C:\\Data", path)]).toEqual([path, true]);
  for (const path of ["C:\\Data2\\x", "C:\\", "D:\\Data\\x", "\\\\server\\Data\\x", "C:\\Data\\..\\x"])
    expect([path, inside("C:\\Data", path)]).toEqual([path, false]);
  expect(inside("\\\\Server\\share", "\\\\server\\SHARE\\x.tif")).toBe(true);
  expect(inside("\\\\server\\share", "\\\\server\\other\\x.tif")).toBe(false);
  expect([isWithin("/data", "/data/x", posix), isWithin("/data", "/Data/x", posix), isWithin("/data", "/data2", posix)]).toEqual([true, false, false]); // biome-ignore format: one list
});

test("where a withheld path leads is told with its drive on Windows", () => {
  expect(leadsTo(`C:\\${withheldFolder}\\D\\images\\a.tif`, win32)).toBe("D:\\images\\a.tif");
  expect(leadsTo(`C:\\${withheldFolder}\\UNC\\server\\share\\a.tif`, win32)).toBe("\\\\server\\share\\a.tif");
  expect(leadsTo(`/${withheldFolder}/images/a.tif`, posix)).toBe("/images/a.tif");
  expect(leadsTo(`C:\\projects\\${withheldFolder}\\a.tif`, win32)).toBeUndefined();
});

test("a withheld path leads back to the very path that it stands for, also to a network share", () => {
  const onWindows = ["\\\\server\\share\\images\\a.tif", "\\\\d\\share\\a.tif", "\\\\10.0.0.7\\data$", "D:\\images\\a.tif", "d:\\unc\\a.tif", "D:\\"]; // biome-ignore format: one list
  for (const root of ["C:\\projects\\oak", "\\\\server\\share\\oak"])
    for (const path of onWindows) expect(leadsTo(withheldPath(root, path, win32), win32)).toBe(path);
  for (const path of ["/images/a.tif", "/UNC/server/a.tif", "/d/a.tif"])
    expect(leadsTo(withheldPath("/home/oak", path, posix), posix)).toBe(path);
});
