import { expect, test } from "vitest";
import { readCoordinates, writeDegrees, writeDms } from "./coordinates.ts";

const write = (value: number, options: Intl.NumberFormatOptions) => new Intl.NumberFormat("en", options).format(value);

test("coordinates are read in every notation that people paste", () => {
  const ghent = { kind: "lonlat", latitude: 51.05, longitude: 3.72 };
  for (const text of [
    "51.05, 3.72",
    "51.05 3.72",
    "51,05 3,72",
    "51,05; 3,72",
    "N 51.05 E 3.72",
    "51.05N 3.72E",
    "3.72E 51.05N",
  ]) {
    expect(readCoordinates(text, false), text).toEqual(ghent);
  }
  for (const text of ["51° 3′ 0″ N 3° 43′ 12″ E", `51°03'00"N, 3°43'12"E`, "51 3 0 N 3 43 12 E", "51° 3' 3° 43.2'"]) {
    const read = readCoordinates(text, false) as typeof ghent;
    expect(read.latitude, text).toBeCloseTo(51.05, 9);
    expect(read.longitude, text).toBeCloseTo(3.72, 9);
  }
  expect(readCoordinates("33° 52′ S 151° 12′ O", false)).toMatchObject({ kind: "lonlat", latitude: -(33 + 52 / 60) });
  expect(readCoordinates("548000.5 5656000", false)).toEqual({ kind: "project", x: 548000.5, y: 5656000 });
  expect(readCoordinates("EPSG:31370 104000 194000", false)).toEqual({
    kind: "crs",
    crs: "EPSG:31370",
    x: 104000,
    y: 194000,
  });
  expect(readCoordinates("31U ES 48000 56000", false)).toEqual({ kind: "mgrs", text: "31UES4800056000" });
  expect(readCoordinates("151.2 -33.8", true)).toEqual({ kind: "lonlat", longitude: 151.2, latitude: -33.8 });
});

test("what is no coordinate is not guessed at", () => {
  for (const text of ["", "Ghent", "51.05", "51 61 0 N 3 0 0 E", "95 N 3 E", "31U ES 480", "1 2 3", "EPSG:31370 12"]) {
    expect(readCoordinates(text, false), text).toBeNull();
  }
});

test("degrees and seconds are written with latitude first, and never with sixty seconds", () => {
  expect(writeDegrees(3.72, 51.05, write)).toBe("51.05000° N  3.72000° E");
  expect(writeDms(3.72, 51.05, write)).toBe("51° 03′ 00.0″ N  3° 43′ 12.0″ E");
  expect(writeDms(-70.99999, -33.4999999, write)).toBe("33° 30′ 00.0″ S  71° 00′ 00.0″ W");
  expect(writeDegrees(190, 0, write)).toBe("0.00000° N  170.00000° W");
});
