import { expect, test } from "vitest";
import { currentAcquisition, currentEvidence, currentRadiometry } from "./index.ts";

test("lines of evidence of older releases become fields with sources", () => {
  expect(
    [
      "date: “S2_L2A_10m_20190410T105032.tif”",
      "band names: the usual order of 3 bands",
      "date: TIFFTAG_DATETIME of the file's metadata, chosen",
      "radiometry: chosen (scale 0.5, unit db, no nodata value)",
      "mask: band 4, chosen",
      "sensor: a reason of its own",
      "nobody knows this",
    ].map(currentEvidence),
  ).toEqual([
    { field: "date", source: { code: "name", name: "S2_L2A_10m_20190410T105032.tif" } },
    { field: "bandNames", source: { code: "usual-order", count: 3 } },
    { field: "date", source: { code: "chosen-tag", tag: "TIFFTAG_DATETIME" } },
    { field: "radiometry", source: { code: "chosen-values", scale: 0.5, unit: "db", nodata: null } },
    { field: "mask", source: { code: "chosen-band", band: 4 } },
    { field: "sensor", source: { code: "written", text: "a reason of its own" } },
    undefined,
  ]);
});

test("an acquisition in a job of an older release is read with codes, and one of this release as it is", () => {
  const older = JSON.parse(
    `{"id":"a","sensor":"sentinel-2","date":"2019-04-10","bands":[{"path":"/a.tif","name":"B02","bandIndex":1,"scale":1,"offset":0}],
      "radiometry":{"quantity":"reflectance","scale":0.0001,"offset":0,"decidedBy":"HLS products: value / 10000.","warnings":["Check the offset: a wrong one moves every reflectance by 0.1."]},
      "evidence":["sensor: chosen"]}`,
  ) as Parameters<typeof currentAcquisition>[0];
  const read = currentAcquisition(older);
  expect(read.pieces[0]!.files[0]).toMatchObject({
    radiometry: { decidedBy: { code: "hls-scale" }, warnings: [{ code: "offset-unsure" }] },
    evidence: [{ field: "sensor", source: { code: "chosen" } }],
  });
  expect(currentAcquisition(read)).toEqual(read);
});

test("what another file decided keeps what the file itself would say", () => {
  const own = { quantity: "reflectance", scale: 1, offset: 0, decidedBy: "Values are used as they are stored.", warnings: [] }; // biome-ignore format: one value
  const stored = { ...own, own } as unknown as Parameters<typeof currentRadiometry>[0];
  expect(currentRadiometry(stored)).toMatchObject({ decidedBy: { code: "as-stored" }, own: { decidedBy: { code: "as-stored" } } }); // biome-ignore format: one value
});
