import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { areaOf, isPolygonal } from "../geometry/geometry.ts";
import { openFeatures, readFeatures } from "./read.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/parcels_wgs84.geojson");

test("parcels that GDAL wrote as KML come back with their fields and shapes", { tags: ["gdal"] }, () => {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-kml-"));
  const path = join(folder, "parcels.kml");
  execFileSync("ogr2ogr", ["-f", "KML", path, sample]);
  const [before, after] = [readFeatures(sample), readFeatures(path)];
  expect(after.crs).toBe("EPSG:4326");
  const [first, second] = [[...before.features], [...after.features]];
  expect(second).toHaveLength(first.length);
  first.forEach(({ geometry, properties }, i) => {
    const other = second[i]!;
    if (!geometry || !other.geometry || !isPolygonal(geometry) || !isPolygonal(other.geometry))
      throw new Error("shape");
    expect(areaOf(other.geometry)).toBeCloseTo(areaOf(geometry), 12);
    expect(String(other.properties.class_name)).toBe(String(properties.class_name));
  });
});

test("a KMZ is unpacked; what is neither is refused in words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-kmz-"));
  const inner = join(import.meta.dirname, "../fixtures/togeojson__polygon.kml");
  const path = join(folder, "box.kmz");
  execFileSync("python3", [
    "-c",
    `import zipfile; zipfile.ZipFile(${JSON.stringify(path)}, "w", zipfile.ZIP_DEFLATED).write(${JSON.stringify(inner)}, "doc.kml")`,
  ]);
  expect([...(await openFeatures(path)).features].map(({ properties }) => properties.name)).toEqual(["hollow box"]);
  const broken = join(folder, "broken.kml");
  writeFileSync(broken, "<kml><Document><Placemark></Document>");
  expect(() => readFeatures(broken)).toThrow(/broken\.kml.+damaged/);
  writeFileSync(broken, "<html></html>");
  expect(() => readFeatures(broken)).toThrow(/not a vector file/);
});

test("a placemark of a tour or an update is no label", () => {
  const path = join(mkdtempSync(join(tmpdir(), "omnisat-kml-")), "tour.kml");
  const point = (name: string) =>
    `<Placemark targetId="x"><name>${name}</name><Point><coordinates>2,48</coordinates></Point></Placemark>`;
  writeFileSync(
    path,
    `<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
      <gx:Tour><gx:Playlist><gx:AnimatedUpdate><Update><Change>${point("moved")}</Change></Update></gx:AnimatedUpdate></gx:Playlist></gx:Tour>
      ${point("real")}</Document></kml>`,
  );
  expect([...readFeatures(path).features].map(({ properties }) => properties.name)).toEqual(["real"]);
});
