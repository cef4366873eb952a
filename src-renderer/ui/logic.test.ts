import { expect, test } from "vitest";
import { format, language } from "../i18n/index.ts";
import { linesFound, lineTyped } from "./menu-typing.ts";
import { shortcutKeys } from "./shortcut-keys.ts";
import { sorted } from "./table.ts";
import { flatten } from "./tree.ts";

test("a table sorts numbers as numbers, words as people do, and keeps empty values last", () => {
  const rows = [
    { name: "Parcel 10", area: 3 },
    { name: "parcel 2", area: null },
    { name: "Érable", area: 12 },
  ];
  const columns = [
    { id: "name", title: "", value: (row: (typeof rows)[number]) => row.name },
    { id: "area", title: "", value: (row: (typeof rows)[number]) => row.area },
  ];
  const names = (column: string, down: boolean) => sorted(rows, columns, { column, down }).map((row) => row.name);
  expect(names("name", false)).toEqual(["Érable", "parcel 2", "Parcel 10"]);
  expect(names("area", false)).toEqual(["Parcel 10", "Érable", "parcel 2"]);
  expect(names("area", true)).toEqual(["Érable", "Parcel 10", "parcel 2"]);
});

test("a tree shows the children of open nodes only", () => {
  const nodes = [
    { id: "a", label: "A", children: [{ id: "b", label: "B" }] },
    { id: "c", label: "C" },
  ];
  const ids = (open: readonly string[]) => flatten(nodes, new Set(open)).map(({ node, level }) => `${level}${node.id}`);
  expect(ids([])).toEqual(["1a", "1c"]);
  expect(ids(["a"])).toEqual(["1a", "2b", "1c"]);
});

test("shortcuts are shown key by key, and plus can be one", () => {
  expect(shortcutKeys("Mod+Shift+Z")).toEqual(["Ctrl", "Shift", "Z"]);
  expect(shortcutKeys("Mod++")).toEqual(["Ctrl", "+"]);
});

test("figures are written in the language of the window", () => {
  language.choose("en");
  expect([format.area(12_345_678), format.percent(0.1234), format.bytes(1_234_567), format.day("2019-04-10")]).toEqual([
    "1,234.6 ha",
    "12.3%",
    "1.2 MB",
    "10 Apr 2019",
  ]);
  expect([format.duration(42), format.duration(125), format.duration(3900), format.length(1234)]).toEqual([
    "42 s",
    "2 min 05 s",
    "1 h 05 min",
    "1.23 km",
  ]);
  language.choose("fr");
  expect(format.bytes(1_234_567).replace(/\s/g, " ")).toBe("1,2 Mo");
  expect(format.day("2019-04-10")).toBe("10 avr. 2019");
  language.choose("en");
});

test("letters and numbers typed in a menu lead to the line that begins with them, or has such a word", () => {
  const places = ["Next place", "Previous place", ...Array.from({ length: 300 }, (_, i) => `Place ${i + 1} · 2 ha`)];
  expect(places[lineTyped(places, -1, "p")]).toBe("Previous place");
  expect(places[lineTyped(places, 1, "p")]).toBe("Place 1 · 2 ha");
  // One digit after the other, the present line kept as long as it fits.
  let at = lineTyped(places, -1, "1");
  expect(places[at]).toBe("Place 1 · 2 ha");
  at = lineTyped(places, at, "12");
  expect(places[at]).toBe("Place 12 · 2 ha");
  at = lineTyped(places, at, "127");
  expect(places[at]).toBe("Place 127 · 2 ha");
  expect(lineTyped(places, at, "1279")).toBe(-1);
  // Hectares are no numbers of places.
  expect(places[lineTyped(places, -1, "2")]).toBe("Place 2 · 2 ha");
});

test("a search in a long menu leaves the lines that have the words, the nearest first", () => {
  const places = Array.from({ length: 130 }, (_, i) => `Place ${i + 1} · ${i + 1 === 3 ? "12" : "0.4"} ha`);
  const found = (text: string) => linesFound(places, text).map((at) => places[at]!.split(" ·")[0]);
  expect(found("12")).toEqual(["Place 12", ...Array.from({ length: 10 }, (_, i) => `Place ${120 + i}`), "Place 3", "Place 112"].sort((p, q) => order(p) - order(q))); // biome-ignore format: one list
  expect(found("place 7").slice(0, 2)).toEqual(["Place 7", "Place 70"]);
  expect(found("131")).toEqual([]);
  expect(linesFound(["Forêt 1", "Foret 2", "Pré"], "FORÊT")).toEqual([0, 1]);

  /** The number itself, then numbers that begin with it, then lines that hold it anywhere. */
  function order(name: string): number {
    const number = Number(name.slice(6));
    return number === 12 ? 0 : number >= 120 ? number : 1000 + number;
  }
});
