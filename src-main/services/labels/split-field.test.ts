import { expect, test } from "vitest";
import { splitFields } from "./split-field.ts";

const labels = (rows: readonly Record<string, string | number | null>[]) => rows.map((properties) => ({ properties }));

test("`split` is proposed before an identifier, a field that is called like a split before one that only holds its words", () => {
  const parcels = labels([
    { parcel_id: 1, crop: "wheat", split: "train" },
    { parcel_id: 2, crop: "maize", split: "zone A" },
  ]);
  expect(splitFields(parcels)).toEqual({ fields: ["split", "parcel_id", "crop"], splitField: "split" });
  const others = labels([
    { note: "train", subset: "calibration" },
    { note: "test", subset: "holdout" },
  ]);
  expect(splitFields(others).splitField).toBe("subset");
  expect(splitFields(others.map(({ properties: { note } }) => ({ properties: { note: note! } }))).splitField).toBe(
    "note",
  );
});

test("numbers of parcels, classes and one word alone are no split", () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({ parcel_id: i, year: 2018 + (i % 3), name: "train station" }));
  expect(splitFields(labels(rows)).splitField).toBeNull();
  expect(splitFields(labels([{ status: "test" }, { status: "test" }])).splitField).toBeNull();
  expect(splitFields(labels([{ subset: "north" }, { subset: "south" }])).splitField).toBeNull();
  expect(splitFields([]).splitField).toBeNull();
});
