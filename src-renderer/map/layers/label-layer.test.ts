import "../dom.fixture.ts";
import type Style from "ol/style/Style.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { legendClass } from "../../state/state.fixture.ts";
import { openLabels } from "../labels.fixture.ts";
import type { LabelAppearance, LabelLayer } from "./labels.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

const classes = new Map(
  [1, 2].map((code) => [code, legendClass(code, ["", "wheat", "maize"][code]!, { color: `#00000${code}` })] as const),
);
const look = (more: Partial<LabelAppearance> = {}): LabelAppearance => ({
  classes,
  names: true,
  outlines: false,
  shown: null,
  selected: new Set(),
  ...more,
});

let layer: LabelLayer;
let stop: () => void;
beforeEach(async () => {
  vi.useFakeTimers();
  ({ layer, stop } = await openLabels());
  layer.restyle(look());
});
afterEach(() => stop());

const stylesOf = (id: number, resolution = 1): Style[] | undefined =>
  layer.layer.getStyleFunction()!(layer.feature(id)!, resolution) as Style[] | undefined;
const fillOf = (id: number, resolution = 1) => stylesOf(id, resolution)![0]!.getFill()!.getColor();

test("a label has its class's colour: a light fill, none over a map of classes, a strong one when it is tiny", () => {
  expect([fillOf(1), fillOf(2)]).toEqual(["#00000121", "#00000221"]);
  expect(stylesOf(1)![1]!.getStroke()!.getColor()).toBe("#000001");
  // 200 m wide: below four pixels there is no outline.
  expect(fillOf(1, 51)).toBe("#000001cc");
  expect(stylesOf(1, 51)).toHaveLength(1);
  layer.restyle(look({ outlines: true }));
  expect(fillOf(1)).toBe("#00000100");
});

test("names are written where they have room, and only when they are wanted", () => {
  const nameOf = (id: number, resolution: number) => stylesOf(id, resolution)!.at(-1)!.getText()?.getText();
  expect(nameOf(1, 1)).toBe("wheat");
  // "wheat" needs 38 pixels, and 18 of height.
  expect([nameOf(2, 60 / 37), nameOf(2, 60 / 38)]).toEqual([
    undefined,
    "maize".length * 5.5 + 10 < 38 ? "maize" : undefined,
  ]);
  layer.restyle(look({ names: false }));
  expect(nameOf(1, 1)).toBeUndefined();
});

test("styles are kept until the classes change", () => {
  const before = stylesOf(1);
  expect(stylesOf(3)).toBe(before);
  layer.restyle(look({ selected: new Set([2]) }));
  expect(stylesOf(1)).toBe(before);
  layer.restyle(look({ classes: new Map([[1, legendClass(1, "wheat", { color: "#ff0000" })]]) }));
  expect(stylesOf(1)).not.toBe(before);
  expect(fillOf(1)).toBe("#ff000021");
  expect(stylesOf(2)).toBeUndefined();
});

test("what is hidden has no style and is not found; of two the smaller is found first", () => {
  const at = () => layer.at(230, 230).map((feature) => feature.getId());
  expect(at()).toEqual([2, 1]);
  layer.restyle(look({ shown: new Set([1]) }));
  expect(at()).toEqual([1]);
  expect([stylesOf(1) === undefined, stylesOf(2)]).toEqual([false, undefined]);
  expect(layer.within([0, 0, 1000, 1000]).map((feature) => feature.getId())).toEqual([1]);
});

test("the selected ones lie above, and stay the same features while the selection does", () => {
  const selected = () => layer.selectedSource.getFeatures().map((feature) => feature.getId());
  layer.restyle(look({ selected: new Set([1, 3, 99]) }));
  expect(selected()).toEqual([1, 3]);
  const changed = vi.fn();
  layer.selectedSource.on("change", changed);
  layer.restyle(look({ selected: new Set([3, 1]), names: false }));
  expect(changed).not.toHaveBeenCalled();
  layer.restyle(look({ selected: new Set([3]) }));
  expect(selected()).toEqual([3]);
  expect(changed).toHaveBeenCalled();
});
