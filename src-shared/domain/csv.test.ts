import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { csv } from "./csv.ts";

test("what begins like a formula is text, and numbers stay numbers, negative ones too", () => {
  const texts = [
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "  =1",
    "＝1",
    "-",
    "plain",
  ];
  const lines = csv(texts.map((text) => [text, -1.5, 3, null]));
  for (const text of texts.slice(0, -1)) expect(lines).toContain(`'${text.replaceAll('"', '""')}`);
  expect(lines).toContain("plain,-1.5,3,\r\n");
  expect(lines).not.toMatch(/(^|,|\n)"?[=+@\t]/);
});

test("Python reads every cell back, with quotes, commas and line ends in them", { tags: ["gdal"] }, () => {
  const room = mkdtempSync(join(tmpdir(), "omnisat-csv-"));
  const rows = [
    ['a "b", c', "d\ne", "é;f", -0.25],
    ["", "'already", "100 %", 1e-7],
  ];
  writeFileSync(join(room, "t.csv"), csv(rows));
  const read = execFileSync(
    "/usr/bin/python3",
    ["-c", "import csv,json,sys; print(json.dumps(list(csv.reader(open(sys.argv[1],newline='',encoding='utf8')))))", join(room, "t.csv")], // biome-ignore format: one program
    { encoding: "utf8" },
  );
  expect(JSON.parse(read)).toEqual(rows.map((row) => row.map(String)));
  rmSync(room, { recursive: true });
});
