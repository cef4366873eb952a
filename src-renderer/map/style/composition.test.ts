import { expect, test } from "vitest";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import { type Composition, channelValue, compose, layerRanges, percentileOf, stretchOf } from "./composition.ts";
import { indexOf, indices, numbers } from "./formulas.ts";
import { readStyle } from "./layer-style.ts";

const band = (name: string, classes = false) => ({ name, title: name, classes });
const source = (change: Partial<Record<keyof LayerSource, unknown>>): LayerSource =>
  ({
    id: "acquisition:a",
    kind: "acquisition",
    sensor: "sentinel-2",
    quantity: "reflectance",
    bands: ["B02", "B03", "B04", "B05", "B08", "B11", "B12"].map((name) => band(name)),
    legend: null,
    ...change,
  }) as unknown as LayerSource;

test("indices have the values of their papers", () => {
  // A green leaf and open water; by hand: (0.5 − 0.05) / (0.5 + 0.05) and so on.
  const roles = {
    blue: 0.04,
    green: 0.08,
    red: 0.05,
    redEdge: 0.15,
    nir: 0.5,
    swir1: 0.2,
    swir2: 0.1,
    vv: -8,
    vh: -15,
  };
  const wanted: Record<string, number> = {
    ndvi: 0.45 / 0.55,
    evi: (2.5 * 0.45) / (0.5 + 0.3 - 0.3 + 1),
    ndre: 0.35 / 0.65,
    ndwi: -0.42 / 0.58,
    ndmi: 0.3 / 0.7,
    nbr: 0.4 / 0.6,
    ndbi: -0.3 / 0.7,
    vvvh: 7,
  };
  for (const { id, roles: names, of } of indices) {
    expect(
      of(
        numbers,
        names.map((name) => roles[name]),
      ),
      id,
    ).toBeCloseTo(wanted[id]!, 12);
  }
});

test("a radar ratio is a difference of decibels", () => {
  const radar = source({ sensor: "sentinel-1", quantity: "backscatter-db", bands: [band("VV"), band("VH")] });
  const { channels, bands } = compose(radar, readStyle({ preset: "vvvh" })) as Composition;
  expect(channelValue(channels[0]!, bands, [-8, -15])).toBe(7);
});

test("a composition asks for each band once, and falls back on what is there", () => {
  const names = (style: Record<string, unknown>, change = {}) => compose(source(change), readStyle(style))?.bands;
  expect(names({})).toEqual(["B04", "B03", "B02"]);
  expect(names({ preset: "infrared" })).toEqual(["B08", "B04", "B03"]);
  expect(names({ preset: "ndvi" })).toEqual(["B08", "B04"]);
  expect(names({ preset: "composite", bands: ["B11", "B08", "B08"] })).toEqual(["B11", "B08"]);
  // A kept band that this date lacks: its natural colours; one band alone: grey; none: nothing.
  expect(names({ preset: "single", bands: ["B99"] })).toEqual(["B04", "B03", "B02"]);
  expect(names({ preset: "ndvi" }, { bands: [band("B04")] })).toEqual(["B04"]);
  expect(compose(source({ bands: [] }), readStyle({}))).toBeNull();
  const classes = compose(source({ kind: "classes", bands: [band("SCL", true)] }), readStyle({}));
  expect(classes).toMatchObject({ classes: true, bands: ["SCL"] });
});

test("percentiles lie where a straight table puts them, and a flat layer is not divided by zero", () => {
  // numpy.percentile([0 … 100]) and the points between which it is linear.
  const known = [0, 2, 50, 98, 100].map((percent) => [percent, percent * 10] as const);
  expect([1, 2, 26, 99, 100].map((percent) => percentileOf(known, percent))).toEqual([10, 20, 260, 990, 1000]);
  const one = compose(source({}), readStyle({ preset: "single", bands: ["B04"] }))!;
  const flat = { band: "B04", count: 9, percentiles: known.map(([percent]) => [percent, 3] as const) };
  expect(layerRanges(source({}), one, [flat as never], [2, 98])).toEqual([[2.5, 3.5]]);
});

test("what was stored and makes no sense is replaced", () => {
  expect(
    readStyle({ gamma: -1, blend: "dissolve", ramp: "toString", ranges: [[1, "x"]], hidden: [1, 1.5] }),
  ).toMatchObject({ gamma: 1, blend: "normal", ramp: null, ranges: [[0, 1]], hidden: [1] });
  const usual = compose(source({}), readStyle({}))!;
  expect(stretchOf(source({}), readStyle({}), usual)).toBe("usual");
  expect(indexOf("ndvi").range).toEqual([-0.1, 0.9]);
});
