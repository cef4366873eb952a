import "./dom.fixture.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mapView } from "./index.ts";
import { lonLatTransform } from "./projection.ts";
import { writtenPlace } from "./written-place.ts";

vi.mock("../client/bridge.ts", async () => (await import("./program.fixture.ts")).bridgeOfTests);

beforeEach(() => {
  mapView.lonLat = lonLatTransform("+proj=utm +zone=31 +datum=WGS84 +units=m +no_defs");
});
afterEach(() => {
  mapView.lonLat = null;
  mapView.geographic = false;
  mapView.metersPerUnit = 1;
});

const at = (resolution: number) => {
  mapView.view = { center: [0, 0], resolution, rotation: 0 };
};

test("a place has as many digits as a pixel on screen is worth", () => {
  const place = [500_000.123, 5_761_038.456] as const;
  const written = [0.1, 1, 10].map((resolution) => {
    at(resolution);
    return writtenPlace(place, "project");
  });
  expect(written).toEqual(["500000.12  5761038.46", "500000.1  5761038.5", "500000  5761038"]);
  at(10);
  expect(writtenPlace([500_000, 5_761_038.2126], "dd")).toMatch(/52\.00000.*3\.00000/);
  at(0.1);
  expect(writtenPlace([500_000, 5_761_038.2126], "dd")).toMatch(/52\.0000000.*3\.0000000/);
});

test("in degrees a project's own coordinates keep five decimals, about a metre", () => {
  mapView.geographic = true;
  mapView.metersPerUnit = 111_319;
  at(10 / 111_319);
  expect(writtenPlace([3.1234567, 52.7654321], "project")).toBe("3.12346  52.76543");
});

test("outside of where the projection is valid there is no longitude to write", () => {
  mapView.lonLat = lonLatTransform("+proj=laea +lat_0=52 +lon_0=10 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs");
  at(10);
  expect(writtenPlace([1e9, 1e9], "dd")).toBe("–");
  expect(writtenPlace([1e9, 1e9], "dms")).toBe("–");
});
