import { writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { definitionOf, transformer } from "./crs.ts";
import { crsFromWkt } from "./crs-from-wkt.ts";
import { python, temporaryFolder } from "./testing/gdal.ts";
import { wktOf } from "./wkt-write.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

/** Every method that is computed, and every way of writing one, with points of its own area: longitude and latitude of its middle. */
const methods: readonly (readonly [text: string, lon: number, lat: number])[] = [
  ["+proj=longlat", 4, 47],
  ["+proj=longlat +over", 4, 47],
  ["+proj=tmerc +lat_0=49 +lon_0=3 +k=0.9996", 4, 47],
  ["+proj=etmerc +lon_0=3 +k_0=0.9999", 4, 47],
  ["+proj=utm +zone=31", 4, 47],
  ["+proj=utm +zone=31 +south", 4, -47],
  ["+proj=tmerc +axis=wsu +lat_0=0 +lon_0=3", 4, -30],
  ["+proj=merc +lon_0=3 +k=0.99", 4, 47],
  ["+proj=merc +lat_ts=40 +lon_0=3", 4, 47],
  ["+proj=merc +lat_ts=40 +k=0.9 +lon_0=3", 4, 47],
  ["+proj=merc +nadgrids=@null +lon_0=3", 4, 47],
  ["+proj=lcc +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49", 4, 47],
  ["+proj=lcc +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49 +k_0=0.9996", 4, 47],
  ["+proj=lcc +lat_1=46 +lat_0=46 +lon_0=3 +k_0=0.999", 4, 47],
  ["+proj=laea +lat_0=52 +lon_0=3", 4, 47],
  ["+proj=laea +lat_0=90 +lon_0=3", 4, 75],
  ["+proj=laea +axis=wnu +lat_0=52 +lon_0=3", 4, 47],
  ["+proj=aea +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49", 4, 47],
  ["+proj=aeqd +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=eqdc +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49", 4, 47],
  ["+proj=stere +lat_0=46 +lon_0=3 +k=0.999", 4, 47],
  ["+proj=stere +lat_0=46 +lat_ts=46 +lon_0=3", 4, 47],
  ["+proj=stere +lon_0=3", 4, 2],
  ["+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45", -40, 75],
  ["+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=10", 12, -75],
  ["+proj=stere +lat_0=90 +lon_0=3 +k=0.994", 4, 80],
  ["+proj=sterea +lat_0=46 +lon_0=3 +k=0.999", 4, 47],
  ["+proj=somerc +lat_0=46 +lon_0=3 +k_0=0.999", 4, 47],
  ["+proj=omerc +lat_0=46 +lonc=3 +alpha=30 +gamma=25 +k=0.999", 4, 47],
  ["+proj=omerc +lat_0=46 +lonc=3 +alpha=30 +k=0.999", 4, 47],
  ["+proj=omerc +no_uoff +lat_0=-46 +lonc=3 +alpha=330 +gamma=25 +k=0.999", 4, -47],
  ["+proj=eqc +lat_ts=45 +lat_0=10 +lon_0=3", 4, 47],
  ["+proj=eqc", 4, 47],
  ["+proj=cass +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=cea +lat_ts=30 +lon_0=3", 4, 47],
  ["+proj=gnom +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=poly +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=sinu +lon_0=3", 4, 47],
  ["+proj=moll +lon_0=3", 4, 47],
  ["+proj=mill +lon_0=3", 4, 47],
  ["+proj=ortho +lat_0=40 +lon_0=3", 4, 47],
  ["+proj=eqearth +lon_0=3", 4, 47],
  ["+proj=nzmg +lat_0=-41 +lon_0=173", 173, -41],
  ["+proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999", 16, 49.5],
  ["+proj=krovak +axis=swu", 16, 49.5],
  ["+proj=geos +lon_0=0 +h=35785831 +sweep=y", 4, 47],
  ["+proj=geos +lon_0=0 +h=35785831 +sweep=x", 4, 47],
];
const figures = [
  "+x_0=0 +y_0=0 +ellps=WGS84",
  "+x_0=123456 +y_0=-654321 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7",
  "+x_0=304800 +y_0=60960 +ellps=clrk66 +units=us-ft",
  "+x_0=1000 +y_0=2000 +ellps=intl +pm=2.5 +units=m +towgs84=-87,-98,-121",
  "+x_0=1000 +y_0=2000 +a=6378388 +b=6356911.9 +units=km",
  "+x_0=1000 +y_0=2000 +R=6371000",
  "+ellps=mod_airy +to_meter=0.9144",
  "+ellps=intl +pm=paris",
  "+R=6371000 +towgs84=1,2,3",
  "+datum=WGS84",
];
const datums = ["NAD83", "NAD27", "GGRS87", "carthage", "hermannskogel", "ire65", "nzgd49", "OSGB36"];
const laea = methods.filter(([text]) => /laea \+lat_0=52/.test(text));

interface Asked {
  readonly text: string;
  readonly wkt: string;
  readonly lon: number;
  readonly lat: number;
}

function asked(): Asked[] {
  const texts = [
    ...methods.flatMap(([text, lon, lat]) => figures.map((figure) => [`${text} ${figure}`, lon, lat] as const)),
    ...laea.flatMap(([text, lon, lat]) => datums.map((datum) => [`${text} +datum=${datum}`, lon, lat] as const)),
  ];
  return texts.flatMap(([text, lon, lat]) => {
    try {
      definitionOf(text);
    } catch {
      return []; // no system of this program: proj-text.test.ts says which
    }
    const meridian = /pm=paris/.test(text) ? 2.337229166667 : /pm=2.5/.test(text) ? 2.5 : 0;
    // Written by no program that PROJ would understand: below.
    if (/tmerc \+axis=wsu.*x_0=[1-9]/.test(text)) return [];
    return [{ text, wkt: wktOf(text), lon: lon + meridian, lat }];
  });
}

test("a PROJ text written as WKT lies where PROJ puts the text, within 1 cm, also as the .prj of a Shapefile", {
  tags: ["gdal"],
}, () => {
  const rows = asked();
  const list = folder.file("rows.json");
  writeFileSync(list, JSON.stringify(rows));
  const found = JSON.parse(
    python(
      `
import json, math, sys
from osgeo import osr
osr.UseExceptions()
def system(read):
    srs = osr.SpatialReference(); read(srs); srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER); return srs
wgs84 = system(lambda s: s.ImportFromEPSG(4326))
out = []
for row in json.load(open(sys.argv[1])):
    own = system(lambda s: s.ImportFromProj4(row["text"] + " +type=crs"))
    there, back = osr.CoordinateTransformation(wgs84, own), osr.CoordinateTransformation(own, wgs84)
    worst = 0
    for read in (lambda s: s.SetFromUserInput(row["wkt"]), lambda s: s.ImportFromESRI([row["wkt"]])):
        written = osr.CoordinateTransformation(system(read), wgs84)
        for dx, dy in ((0, 0), (2, -1.5), (-3, 2.5)):
            place = there.TransformPoint(row["lon"] + dx, row["lat"] + dy)[:2]
            p, q = back.TransformPoint(*place)[:2], written.TransformPoint(*place)[:2]
            metres = math.hypot((p[0] - q[0]) * math.cos(math.radians(p[1])), p[1] - q[1]) * 111320
            worst = max(worst, metres if math.isfinite(metres) else 1e9)
    out.append(worst)
print(json.dumps(out))`,
      [list],
    ),
  ) as number[];
  expect(rows.length).toBeGreaterThan(380);
  expect(rows.flatMap(({ text }, i) => (found[i]! < 0.01 ? [] : [`${text}: ${found[i]} m`]))).toEqual([]);
});

test("what is written is read back as the same system", () => {
  let compared = 0;
  for (const { text, wkt, lon, lat } of asked()) {
    const named = /datum=(?!WGS84)/.test(text);
    const read = crsFromWkt(wkt);
    for (const [dx, dy] of [
      [0, 0],
      [2, -1.5],
      [-3, 2.5],
    ] as const) {
      const place = transformer("EPSG:4326", text).forward(lon + dx, lat + dy);
      const [x, y] = transformer(text, "EPSG:4326").forward(...place);
      const [backX, backY] = transformer(read, "EPSG:4326").forward(...place);
      // A shift from a sphere leads far below the ground, and some ways back find nothing there.
      if (Number.isNaN(x) && Number.isNaN(backX)) continue;
      compared++;
      // Datums that are only named have the register's shift for their area instead of PROJ's of old: metres.
      expect(Math.hypot(backX - x, backY - y) * 111_320, `${text}\n${wkt}`).toBeLessThan(named ? 40 : 0.001);
    }
  }
  expect(compared).toBeGreaterThan(1100);
});

test("what WKT 1 has no words for is refused by programs that do not know GDAL's node, and never another projection to them", () => {
  for (const text of [
    "+proj=eqearth +lon_0=3 +ellps=WGS84",
    "+proj=merc +lat_ts=40 +k=0.9 +ellps=WGS84",
    "+proj=lcc +lat_0=46 +lat_1=43 +lat_2=49 +k_0=0.9996 +ellps=WGS84",
  ]) {
    expect(wktOf(text)).toMatch(/PROJECTION\["custom_proj4"\],UNIT.*EXTENSION\["PROJ4","\+proj/);
  }
  expect(() => wktOf("+proj=tmerc +axis=wsu +lon_0=3 +x_0=1000 +ellps=WGS84")).toThrow(
    expect.objectContaining({ code: "crs-unwritable" }),
  );
});

test("codes have the list's text, WKT stays as it is, and a title with quotes does no harm", () => {
  expect(wktOf("EPSG:32631")).toMatch(/^PROJCS\["WGS 84 \/ UTM zone 31N".*AUTHORITY\["EPSG",\s*"?32631"?\]\]$/s);
  expect(wktOf(' LOCAL_CS["here"] ')).toBe('LOCAL_CS["here"]');
  const text = '+proj=laea +lat_0=52 +title=The "old" grid +lon_0=3 +ellps=intl +no_defs';
  expect(wktOf(text)).toMatch(/^PROJCS\["The old grid",GEOGCS\["custom"/);
});
