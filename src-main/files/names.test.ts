import { expect, test } from "vitest";
import { fileName, isReservedName } from "./names.ts";

test("names that Windows keeps for devices are told on every system", () => {
  for (const name of ["CON", "nul", "aux.tif", "Com1", "LPT9.txt", "COM¹", "prn .", "conout$"])
    expect([name, isReservedName(name)]).toEqual([name, true]);
  for (const name of ["console", "com10", "auxiliary.tif", "nul-2", "a.con", "COM"])
    expect([name, isReservedName(name)]).toEqual([name, false]);
});

test("a name becomes one that every file system takes", () => {
  expect(
    ["Maïs 2019/été", "aux", "CON.v2", "a:b*c?.tif", "...", "trailing. .", "-x-", "北京 map", "C:\\temp\\x"].map(
      fileName,
    ),
  ).toEqual(["Maïs-2019-été", "_aux", "_CON.v2", "a-b-c-.tif", "unnamed", "trailing", "x", "北京-map", "C-temp-x"]);
  const long = fileName("Ж".repeat(300));
  expect(Buffer.byteLength(long)).toBe(120);
  expect(fileName(`${"x".repeat(119)}.y`)).toBe("x".repeat(119));
});
