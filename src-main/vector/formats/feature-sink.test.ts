import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { transformer } from "../../raster/index.ts";
import { openFeatureSink } from "./feature-sink.ts";
import { readFeatures } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "feature-sink-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Systems without a code: in WKT's own words, with a shift, in feet from Paris, and two that only the PROJ text can tell. */
const systems = [
  "+proj=laea +lat_0=46.5 +lon_0=3 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs",
  "+proj=utm +zone=31 +ellps=intl +towgs84=-300,-98,-121 +units=m +no_defs",
  "+proj=utm +zone=31 +ellps=intl +units=m +no_defs",
  "+proj=lcc +lat_0=46 +lon_0=0.5 +lat_1=43 +lat_2=49 +x_0=304800 +y_0=0 +ellps=clrk80ign +pm=paris +units=us-ft +no_defs",
  "+proj=eqearth +lon_0=3 +ellps=WGS84 +units=m +no_defs",
  "+proj=lcc +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49 +k_0=0.9996 +ellps=WGS84 +units=m +no_defs",
];

test.each(["gpkg", "shp"] as const)(
  "polygons of a system without a code have it in a %s, for GDAL and for us",
  {
    tags: ["gdal"],
  },
  (format) => {
    for (const [i, crs] of systems.entries()) {
      const path = join(folder, `system${i}.${format}`);
      const sink = openFeatureSink(path, format, { name: `system${i}`, crs, fields: [] });
      const [x, y] = transformer("EPSG:4326", crs).forward(3.25, 46.75);
      const ring: [number, number][] = [
        [x, y],
        [x + 100, y],
        [x + 100, y + 100],
        [x, y],
      ];
      sink.add({ geometry: { type: "Polygon", coordinates: [ring] }, properties: {} });
      sink.finish();
      const info = execFileSync("ogrinfo", ["-so", "-al", path], { encoding: "utf8" });
      expect(info, crs).toMatch(/"custom[ _]/);
      expect(info).not.toMatch(/EPSG",(3|2)\d\d\d\d?\]/);
      const theirs = JSON.parse(
        execFileSync(
          "ogr2ogr",
          ["-f", "GeoJSON", "-t_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=9", "/vsistdout/", path],
          {
            encoding: "utf8",
          },
        ),
      ).features[0].geometry;
      const corners: [number, number][] = theirs.type === "Polygon" ? theirs.coordinates[0] : theirs.coordinates[0][0];
      expect(Math.min(...corners.map(([lon, lat]) => Math.hypot(lon - 3.25, lat - 46.75) * 111_320)), crs).toBeLessThan(
        0.01,
      );
      const [lon, lat] = transformer(readFeatures(path).crs!, "EPSG:4326").forward(x, y);
      expect(Math.hypot(lon - 3.25, lat - 46.75) * 111_320).toBeLessThan(0.01);
    }
  },
);
