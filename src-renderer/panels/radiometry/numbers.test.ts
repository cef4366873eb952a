import { expect, test } from "vitest";
import { maskBits, maskValues, numberOf, wholesOf, wholesText } from "./numbers.ts";

test("numbers with a point, a comma, a sign or an exponent; nothing else", () => {
  for (const [text, value] of [
    ["0.0001", 0.0001],
    ["0,0001", 0.0001],
    [" -0.1 ", -0.1],
    ["−0,1", -0.1],
    ["1e-4", 0.0001],
    [".5", 0.5],
    ["", undefined],
    ["1,000.5", undefined],
    ["10,000", undefined],
    ["-1,000", undefined],
    ["1.000", 1],
    ["0x10", undefined],
    ["1e999", undefined],
    ["Infinity", undefined],
    ["1 2", undefined],
  ] as const)
    expect(numberOf(text), text).toBe(value);
});

test("lists of whole numbers with ranges, and back", () => {
  expect(wholesOf("7, 4-6;0, 5", maskValues)).toEqual([0, 4, 5, 6, 7]);
  expect(wholesOf("-3--1", maskValues)).toEqual([-3, -2, -1]);
  for (const wrong of ["", " , ", "a", "1.5", "7-4", "0-4294967295", "4294967296"])
    expect(wholesOf(wrong, maskValues), wrong).toBeUndefined();
  expect(wholesOf("0, 31", maskBits)).toEqual([0, 31]);
  expect(wholesOf("32", maskBits)).toBeUndefined();
  for (const list of [[0], [0, 1], [0, 4, 5, 6, 7], [-3, -2, -1, 9]])
    expect(wholesOf(wholesText(list), maskValues)).toEqual(list);
  expect(wholesText([7, 4, 5, 6, 0])).toBe("0, 4-7");
});
