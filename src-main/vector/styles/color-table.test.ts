import { expect, test } from "vitest";
import { classesFromColorTable } from "./index.ts";

const classes = [
  { value: "10", name: "Tree cover", color: "#006400" },
  { value: "60", name: "Bare / sparse vegetation", color: "#b4b4b4" },
];

test("a .clr of ESRI has values and colours", () => {
  expect(classesFromColorTable("10 0 100 0\r\n60 180 180 180\r\n")).toEqual(
    classes.map(({ value, color }) => ({ value, name: value, color })),
  );
});

test("a colour map that QGIS exported has names too", () => {
  const head = "# QGIS Generated Color Map Export File\nINTERPOLATION:EXACT\n";
  const lines = "10,0,100,0,255,Tree cover\n60,180,180,180,255,Bare / sparse vegetation\n";
  expect(classesFromColorTable(head + lines)).toEqual(classes);
  // Colours that blend into each other are no classes.
  expect(classesFromColorTable(head.replace("EXACT", "INTERPOLATED") + lines)).toBeUndefined();
});

test("a table of gdaldem has names behind #, colours by name, and lines that are no class", () => {
  const text = `# WorldCover\nnv 0 0 0 0\n10 0:100:0 255  # Tree cover\n60\t180,180,180\t# Bare / sparse vegetation\n70 white\n0 1 2 3 0\ndefault 9 9 9\n`;
  expect(classesFromColorTable(text)).toEqual([...classes, { value: "70", name: "70", color: "#ffffff" }]);
});

test("what is no table of colours gives nothing", () => {
  for (const text of [
    "",
    "code,name\n1,wheat\n",
    "1 2 3\n",
    "10 300 0 0\n",
    "50% 1 2 3\n",
    "1 nocolour\n",
    "lon,lat,class\n4.1,50.2,wheat\n",
  ])
    expect([text, classesFromColorTable(text)]).toEqual([text, undefined]);
});
