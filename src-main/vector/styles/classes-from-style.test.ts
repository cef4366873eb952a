import { expect, test } from "vitest";
import { classesFromStyle, classQml, classSld } from "./index.ts";

const legend = [
  { code: 1, name: "Wheat & rye", color: "#edc948" },
  { code: 7, name: "Grass", color: "#59a14f" },
];
const classes = legend.map(({ code, name, color }) => ({ value: String(code), name, color }));

test("the classes of our own styles come back", () => {
  expect(classesFromStyle(classQml(legend))).toEqual(classes);
  expect(classesFromStyle(classSld("crops", legend))).toEqual(classes);
});

test("categories of a QGIS polygon layer are read with the fill of their symbols, old spelling and new", () => {
  const symbol = (name: string, color: string) =>
    name === "0"
      ? `<symbol name="0" type="fill"><layer class="SimpleFill"><Option type="Map"><Option name="color" value="${color},255" type="QString"/></Option></layer></symbol>`
      : `<symbol name="1" type="fill"><layer class="SimpleFill"><prop k="color" v="${color},255"/></layer></symbol>`;
  const qml = `<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22"><renderer-v2 type="categorizedSymbol" attr="class">
    <categories><category value="oak" label="Oak" symbol="0" render="true"/><category value="fir" label="" symbol="1" render="true"/></categories>
    <symbols>${symbol("0", "255,128,0")}${symbol("1", "0,64,32")}</symbols></renderer-v2></qgis>`;
  expect(classesFromStyle(qml)).toEqual([
    { value: "oak", name: "Oak", color: "#ff8000" },
    { value: "fir", name: "fir", color: "#004020" },
  ]);
});

test("what is no style gives nothing", () => {
  expect(classesFromStyle("no xml at all")).toBeUndefined();
  expect(classesFromStyle("<html><body/></html>")).toBeUndefined();
});
