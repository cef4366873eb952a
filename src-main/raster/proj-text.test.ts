import { expect, test } from "vitest";
import { datumNote, definitionOf, sameCrs, transformer } from "./crs.ts";
import { python } from "./testing/gdal.ts";

/** Every method that is computed, with points of its own area: longitude and latitude of its middle. */
const methods: readonly (readonly [text: string, lon: number, lat: number])[] = [
  ["+proj=tmerc +lat_0=49 +lon_0=3 +k=0.9996", 4, 47],
  ["+proj=utm +zone=31", 4, 47],
  ["+proj=merc +lon_0=3 +k=0.99", 4, 47],
  ["+proj=merc +lat_ts=40 +lon_0=3", 4, 47],
  ["+proj=lcc +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49", 4, 47],
  ["+proj=lcc +lat_1=46 +lat_0=46 +lon_0=3 +k_0=0.999", 4, 47],
  ["+proj=lcc +lat_0=-30 +lon_0=3 +lat_1=-20 +lat_2=-40", 4, -31],
  ["+proj=laea +lat_0=52 +lon_0=3", 4, 47],
  ["+proj=laea +lat_0=90 +lon_0=3", 4, 75],
  ["+proj=aea +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49", 4, 47],
  ["+proj=aea +lat_0=-30 +lon_0=3 +lat_1=-20 +lat_2=-40", 4, -31],
  ["+proj=aeqd +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=eqdc +lat_0=46 +lon_0=3 +lat_1=43 +lat_2=49", 4, 47],
  ["+proj=stere +lat_0=46 +lon_0=3 +k=0.999", 4, 47],
  ["+proj=stere +lat_0=0 +lon_0=10 +k=0.9", 11, 2],
  ["+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45", -40, 75],
  ["+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=10", 12, -75],
  ["+proj=sterea +lat_0=46 +lon_0=3 +k=0.999", 4, 47],
  ["+proj=somerc +lat_0=46 +lon_0=3 +k_0=0.999", 4, 47],
  ["+proj=omerc +lat_0=46 +lonc=3 +alpha=30 +gamma=25 +k=0.999", 4, 47],
  ["+proj=omerc +no_uoff +lat_0=-46 +lonc=3 +alpha=330 +gamma=25 +k=0.999", 4, -47],
  ["+proj=eqc +lat_ts=45 +lat_0=10 +lon_0=3", 4, 47],
  ["+proj=cass +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=cea +lat_ts=30 +lon_0=3", 4, 47],
  ["+proj=cea +lon_0=3", 4, 47],
  ["+proj=gnom +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=poly +lat_0=46 +lon_0=3", 4, 47],
  ["+proj=sinu +lon_0=3", 4, 47],
  ["+proj=moll +lon_0=3", 4, 47],
  ["+proj=eqearth +lon_0=3", 4, 47],
  ["+proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999", 16, 49.5],
  ["+proj=geos +lon_0=0 +h=35785831 +sweep=y", 4, 47],
];
const figures = [
  "+x_0=0 +y_0=0 +ellps=WGS84 +units=m",
  "+x_0=123456 +y_0=-654321 +ellps=bessel +units=m",
  "+x_0=304800 +y_0=60960 +ellps=clrk66 +units=us-ft",
  "+x_0=1000 +y_0=2000 +ellps=intl +pm=2.5 +units=m",
  "+x_0=1000 +y_0=2000 +a=6378388 +b=6356911.9 +units=km",
  "+x_0=1000 +y_0=2000 +R=6371000 +units=m",
];

test("every method agrees with PROJ within 1 cm both ways, with any false origin, figure, meridian and unit, or is refused", {
  tags: ["gdal"],
}, () => {
  const asked = methods.flatMap(([text, lon, lat]) =>
    figures.map((figure) => ({
      text: `${text} ${figure} +no_defs`,
      lon,
      lat,
      meridian: figure.includes("+pm") ? 2.5 : 0,
    })),
  );
  const theirs = JSON.parse(
    python(
      `
import json, sys
from osgeo import osr
osr.UseExceptions()
out = []
for row in json.loads(sys.argv[1]):
    try:
        srs = osr.SpatialReference(); srs.ImportFromProj4(row["text"] + " +type=crs")
        base = srs.CloneGeogCS()
        for s in (srs, base): s.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        to = osr.CoordinateTransformation(base, srs)
        places = [(row["lon"] + dx, row["lat"] + dy) for dx, dy in ((0.3, 0.2), (2, -1.5), (-3, 2.5))]
        out.append({"a": srs.GetSemiMajor(), "b": srs.GetSemiMinor(), "unit": srs.GetLinearUnits(),
                    "points": [[x, y, *to.TransformPoint(x - row["meridian"], y)[:2]] for x, y in places]})
    except Exception as error:
        out.append(None)
print(json.dumps(out))`,
      [JSON.stringify(asked)],
    ),
  ) as ({ a: number; b: number; unit: number; points: [number, number, number, number][] } | null)[];
  const refused = new Set<string>();
  let agree = 0;
  const off: string[] = [];
  for (const [i, { text }] of asked.entries()) {
    try {
      definitionOf(text);
    } catch (error) {
      expect(error).toMatchObject({ code: "crs-unusable" });
      refused.add(/proj=(\w+)/.exec(text)![1]!);
      continue;
    }
    const their = theirs[i];
    if (!their) {
      off.push(`PROJ refuses ${text}`);
      continue;
    }
    const { forward, inverse } = transformer(`+proj=longlat +a=${their.a} +b=${their.b} +no_defs`, text);
    const worst = their.points.map(([lon, lat, x, y]) => {
      const [ourX, ourY] = forward(lon, lat);
      const [ourLon, ourLat] = inverse(x, y);
      return Math.max(Math.hypot(ourX - x, ourY - y) * their.unit, Math.hypot(ourLon - lon, ourLat - lat) * 111_320);
    });
    if (worst.every((metres) => metres < 0.01)) agree++;
    else off.push(`${text}: ${worst.join(", ")} m`);
  }
  expect(off).toEqual([]);
  // A sphere under these three, a false origin under the others.
  expect([...refused].sort()).toEqual(["geos", "krovak", "somerc", "tmerc", "utm"]);
  expect(agree).toBe(asked.length - 3 - 5 - 5);
});

test.each([
  ["+proj=mill +lon_0=3 +ellps=WGS84", /“mill” of an ellipsoid/],
  ["+proj=nzmg +lat_0=-41 +lon_0=173 +x_0=2510000 +y_0=6023150 +ellps=WGS84", /New Zealand/],
  ["+proj=omerc +lat_0=46 +lonc=3 +alpha=90 +gamma=80 +k=1 +ellps=WGS84", /along the parallel/],
  ["+proj=omerc +lat_0=46 +lonc=3 +gamma=80 +k=1 +ellps=WGS84", /alpha/],
  ["+proj=lcc +lat_1=46 +lon_0=3 +ellps=WGS84", /two ways/],
  ["+proj=lcc +lat_1=46 +lat_0=40 +lon_0=3 +ellps=WGS84", /two ways/],
  ["+proj=lcc +lat_0=40 +lon_0=3 +ellps=WGS84", /needs “\+lat_1”/],
  ["+proj=lcc +lat_1=30 +lat_2=0 +lat_0=15 +lon_0=3 +ellps=WGS84", /on the equator/],
  ["+proj=aea +lat_1=46 +lat_0=40 +lon_0=3 +ellps=WGS84", /needs “\+lat_1” and “\+lat_2”/],
  ["+proj=eqdc +lat_1=46 +lat_0=40 +lon_0=3 +ellps=WGS84", /needs “\+lat_1” and “\+lat_2”/],
] as const)("%s is refused: programs or formulas differ by kilometres", (text, words) => {
  expect(() => definitionOf(`${text} +units=m +no_defs`)).toThrow(words);
});

test("systems without a code and by code lie where PROJ puts them on WGS 84, to a few metres", {
  tags: ["gdal"],
}, () => {
  // MGI (Ferro) is Austria's and Yugoslavia's: 300 m apart. GDA94 and WGS 84 have later, plate-fixed transformations.
  const places: readonly (readonly [crs: string, lon: number, lat: number, metres: number])[] = [
    ["EPSG:31253", 16.3, 48.2, 5],
    ["EPSG:31281", 10.5, 47.2, 5],
    ["EPSG:28355", 147, -30, 0.01],
    ["EPSG:4283", 147, -30, 0.01],
    ["EPSG:5514", 15, 50, 15],
    ["EPSG:4152", -100, 40, 2],
  ];
  const theirs = JSON.parse(
    python(
      `
import json, sys
from osgeo import osr
wgs84 = osr.SpatialReference(); wgs84.ImportFromEPSG(4326)
wgs84.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
out = []
for crs, lon, lat, _ in json.loads(sys.argv[1]):
    srs = osr.SpatialReference(); srs.SetFromUserInput(crs)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    out.append(osr.CoordinateTransformation(wgs84, srs).TransformPoint(lon, lat)[:2])
print(json.dumps(out))`,
      [JSON.stringify(places)],
    ),
  ) as [number, number][];
  places.forEach(([crs, lon, lat, limit], i) => {
    const [ourLon, ourLat] = transformer(crs, "EPSG:4326").forward(...theirs[i]!);
    const metres = Math.hypot((ourLon - lon) * Math.cos((lat * Math.PI) / 180), ourLat - lat) * 111_320;
    expect(metres, crs).toBeLessThan(limit);
  });
});

test("a datum of unknown shift, or of one that is not the same everywhere, is said, and no other", () => {
  // Israeli Grid 05/12 has only a concatenated transformation, Tokyo 1892 several that are half a kilometre apart.
  expect(datumNote("EPSG:6990")).toMatch(/up to \d\d m/);
  expect(datumNote("EPSG:6991")).toMatch(/up to \d\d m/);
  expect(datumNote("EPSG:5132")).toMatch(/up to 600 m/);
  expect(datumNote("EPSG:9895")).toMatch(/some hundred metres/);
  expect(datumNote("EPSG:4610")).toMatch(/some hundred metres/);
  expect(datumNote("EPSG:3168")).toMatch(/some hundred metres/);
  expect(datumNote("+proj=tmerc +lat_0=0 +lon_0=3 +k=1 +x_0=0 +y_0=0 +ellps=bessel +units=m +no_defs")).toMatch(
    /shift/,
  );
  for (const crs of [
    "EPSG:32631",
    "EPSG:25832",
    "EPSG:31467",
    "EPSG:3857",
    "+proj=laea +lat_0=45 +lon_0=-100 +R=6370997 +units=m +no_defs",
    "EPSG:26918",
    "EPSG:27700",
  ])
    expect(datumNote(crs), crs).toBeUndefined();
});

test("an origin that a text leaves out is 0, as PROJ takes it, and not nowhere", () => {
  for (const text of [
    "+proj=laea +ellps=intl",
    "+proj=aea +lat_1=40 +lat_2=50 +ellps=bessel",
    "+proj=sinu +R=6371000",
  ]) {
    const given = `${text}${text.includes("sinu") ? "" : " +lat_0=0"} +lon_0=0 +x_0=0 +y_0=0`;
    const [x, y] = transformer("EPSG:4326", text).forward(4, 47);
    const [wantedX, wantedY] = transformer("EPSG:4326", given).forward(4, 47);
    expect(Math.hypot(x - wantedX, y - wantedY), text).toBeLessThan(1e-6);
  }
});

test("systems are the same when their numbers are, also those of the oblique Mercator and of short datum shifts", () => {
  const oblique = "+proj=omerc +lat_0=46 +lonc=3 +alpha=30 +k=1 +x_0=0 +y_0=0 +ellps=WGS84";
  expect(sameCrs(`${oblique} +gamma=25`, `${oblique} +gamma=30`)).toBe(false);
  expect(sameCrs(`${oblique} +gamma=25`, `${oblique} +gamma=25 +no_uoff`)).toBe(false);
  const shifted = "+proj=utm +zone=31 +ellps=intl +towgs84=-87,-98,-121";
  expect(sameCrs(shifted, `${shifted},0,0,0,0`)).toBe(true);
  expect(sameCrs(shifted, `${shifted},0,0,1,0`)).toBe(false);
});
