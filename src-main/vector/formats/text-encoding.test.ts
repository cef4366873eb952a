import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { decoderNamed, decoderOfLanguageDriver } from "./text-encoding.ts";

/** Language byte of a table (Shapefile C Library, GDAL) and the code page it stands for, one of each page. */
const drivers: readonly (readonly [byte: number, page: string])[] = [
  [1, "437"], [2, "850"], [31, "852"], [100, "852"], [107, "857"], [36, "860"], [103, "861"], [28, "863"], [8, "865"], [106, "737"],
  [101, "866"], [200, "1250"], [201, "1251"], [3, "1252"], [203, "1253"], [202, "1254"], [125, "1255"], [126, "1256"], [204, "1257"],
]; // biome-ignore format: pairs

test("every code page turns its 128 upper bytes into the letters that Python's codecs have for them", {
  tags: ["gdal"],
}, () => {
  const pages = [...new Set([...drivers.map(([, page]) => page), "775", "858", "862"])];
  const theirs = JSON.parse(
    execFileSync(
      "/usr/bin/python3",
      [
        "-c",
        "import json, sys; print(json.dumps({p: [bytes([b]).decode('cp' + p, errors='ignore') for b in range(128, 256)] for p in sys.argv[1:]}))",
        ...pages,
      ],
      { encoding: "utf8" },
    ),
  ) as Record<string, string[]>;
  for (const page of pages) {
    const decode = decoderNamed(`CP${page}`)!;
    // Bytes without a letter come out in one way or another.
    const ours = theirs[page]!.map((letter, i) => (letter === "" ? "" : decode(Uint8Array.of(128 + i))));
    expect(ours, page).toEqual(theirs[page]);
  }
});

test.each(drivers)("language byte %i means code page %s", (byte, page) => {
  const upper = Uint8Array.from({ length: 128 }, (_, i) => 128 + i);
  expect(decoderOfLanguageDriver(byte)!(upper)).toBe(decoderNamed(`cp${page}`)!(upper));
});

test("what names no encoding is none", () => {
  for (const name of ["", "<!doctype html>", "cp99999", "9"]) expect(decoderNamed(name), name).toBeUndefined();
});
