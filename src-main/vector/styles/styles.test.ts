import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { classQml, classSld, confidenceRamp, rampQml, rampSld } from "./index.ts";

const legend = [
  { code: 1, name: "wheat & “spelt” <winter>", color: "#4E79a7" },
  { code: 2, name: "l'herbe", color: "#f28e2b" },
  { code: 254, name: "森林 🌲", color: "#000000" },
];

interface Element {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The document as expat, the parser of Python, understands it: the path of every element, with attributes and text. */
function parsed(xml: string): Element[] {
  const program = `
import json, sys, xml.etree.ElementTree as tree
out = []
def walk(element, path):
    path = path + "/" + element.tag.split("}")[-1]
    out.append({"path": path, "attributes": element.attrib, "text": (element.text or "").strip()})
    for child in element: walk(child, path)
walk(tree.fromstring(sys.stdin.buffer.read()), "")
json.dump(out, sys.stdout)
`;
  return JSON.parse(execFileSync("/usr/bin/python3", ["-c", program], { input: xml, encoding: "utf8" })) as Element[];
}

const at = (elements: readonly Element[], path: string) => elements.filter((element) => element.path === path);

test("the QGIS style of a legend has a palette entry per class, with names as people wrote them", {
  tags: ["gdal"],
}, () => {
  const elements = parsed(classQml(legend));
  expect(at(elements, "/qgis")[0]!.attributes.version).toBe("3.22.0");
  expect(at(elements, "/qgis/pipe/rasterrenderer")[0]!.attributes).toMatchObject({
    type: "paletted",
    band: "1",
    opacity: "1",
  });
  expect(
    at(elements, "/qgis/pipe/rasterrenderer/colorPalette/paletteEntry").map(({ attributes }) => attributes),
  ).toEqual([
    { value: "1", color: "#4e79a7", alpha: "255", label: "wheat & “spelt” <winter>" },
    { value: "2", color: "#f28e2b", alpha: "255", label: "l'herbe" },
    { value: "254", color: "#000000", alpha: "255", label: "森林 🌲" },
  ]);
  // What QGIS's reader asks for in a raster pipe, in its order.
  const pipe = elements
    .filter(({ path }) => /^\/qgis\/pipe\/\w+$/.test(path))
    .map(({ path }) => path.split("/").at(-1));
  expect(pipe).toEqual([
    "provider",
    "rasterrenderer",
    "brightnesscontrast",
    "huesaturation",
    "rasterresampler",
    "resamplingStage",
  ]);
});

test("the QGIS style of confidence blends from 0 to the largest value", { tags: ["gdal"] }, () => {
  const elements = parsed(rampQml(confidenceRamp(200)));
  expect(at(elements, "/qgis/pipe/rasterrenderer")[0]!.attributes).toMatchObject({
    type: "singlebandpseudocolor",
    classificationMin: "0",
    classificationMax: "200",
  });
  const shader = "/qgis/pipe/rasterrenderer/rastershader/colorrampshader";
  expect(at(elements, shader)[0]!.attributes.colorRampType).toBe("INTERPOLATED");
  expect(at(elements, `${shader}/item`).map(({ attributes }) => `${attributes.value} ${attributes.label}`)).toEqual([
    "0 0 %",
    "50 25 %",
    "100 50 %",
    "150 75 %",
    "200 100 %",
  ]);
});

test("the SLD of a legend maps values to colours", { tags: ["gdal"] }, () => {
  const elements = parsed(classSld("crops <2019>", legend));
  const root = "/StyledLayerDescriptor";
  expect(at(elements, root)[0]!.attributes.version).toBe("1.0.0");
  expect(at(elements, `${root}/NamedLayer/Name`)[0]!.text).toBe("crops <2019>");
  const symbolizer = `${root}/NamedLayer/UserStyle/FeatureTypeStyle/Rule/RasterSymbolizer`;
  expect(at(elements, `${symbolizer}/ChannelSelection/GrayChannel/SourceChannelName`)[0]!.text).toBe("1");
  expect(at(elements, `${symbolizer}/ColorMap`)[0]!.attributes).toEqual({ type: "values" });
  expect(at(elements, `${symbolizer}/ColorMap/ColorMapEntry`).map(({ attributes }) => attributes)).toEqual([
    { color: "#4e79a7", quantity: "1", label: "wheat & “spelt” <winter>", opacity: "1" },
    { color: "#f28e2b", quantity: "2", label: "l'herbe", opacity: "1" },
    { color: "#000000", quantity: "254", label: "森林 🌲", opacity: "1" },
  ]);
  expect(at(parsed(rampSld("confidence", confidenceRamp(1))), `${symbolizer}/ColorMap`)[0]!.attributes).toEqual({
    type: "ramp",
  });
});

test("whatever a class is called, the styles stay well-formed", { tags: ["gdal"] }, () => {
  const names = fc.sample(fc.string({ unit: "binary", maxLength: 12 }), { numRuns: 200, seed: 1 });
  const odd = [...names, "\u0000\u0007", "\ud800", "]]>", "&amp;"].map((name, i) => ({
    code: (i % 254) + 1,
    name,
    color: "#123456",
  }));
  expect(at(parsed(classQml(odd)), "/qgis/pipe/rasterrenderer/colorPalette/paletteEntry").length).toBe(odd.length);
  const entries = parsed(classSld("odd", odd)).filter(({ path }) => path.endsWith("/ColorMapEntry"));
  expect(entries.length).toBe(odd.length);
  expect(entries.at(-1)!.attributes.label).toBe("&amp;");
});

test("a colour that is none is a mistake", () => {
  expect(() => classQml([{ code: 1, name: "a", color: "red" }])).toThrow('Color "red" is not #rrggbb');
});

test("what forbids the use of a map is in its styles: a note of the layer in QGIS, the abstract in SLD", {
  tags: ["gdal"],
}, () => {
  const note = "Do not rely on this map: “wheat” & <others> are guessed.";
  const qml = parsed(classQml(legend, 1, note));
  expect(at(qml, "/qgis")[0]!.attributes.styleCategories).toBe("Symbology|Notes|CustomProperties");
  expect(at(qml, "/qgis/userNotes")[0]!.attributes.value).toBe(note);
  expect(at(qml, "/qgis/customproperties/Option/Option")[0]!.attributes).toMatchObject({
    name: "userNotes",
    value: note,
  });
  for (const style of [classSld("crops", legend, 1, note), rampSld("crops", confidenceRamp(100), 1, note)]) {
    const [abstract] = parsed(style).filter(({ path }) => path.endsWith("/UserStyle/Abstract"));
    expect(abstract!.text).toBe(note);
  }
  expect(parsed(rampQml(confidenceRamp(100), 1, note)).some(({ path }) => path === "/qgis/userNotes")).toBe(true);
  expect(classQml(legend)).not.toContain("userNotes");
});
