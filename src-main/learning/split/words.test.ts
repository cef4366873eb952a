import { expect, test } from "vitest";
import { splitWords } from "./words.ts";

const meaning = (field: string, values: readonly (string | number | boolean | null)[]) =>
  Object.fromEntries(splitWords(field, values).words.map(({ word, part }) => [word, part]));

test("usual words keep their meaning, in several spellings and languages", () => {
  expect(
    meaning("split", ["train_only", "Train Only", "TRAIN", "calibration", "Entraînement", "apprentissage"]),
  ).toEqual({
    train_only: "train-only",
    TRAIN: "train",
    calibration: "train",
    Entraînement: "train",
    apprentissage: "train",
  });
  expect(meaning("split", ["val", "valid", "dev", "Validierung", "validación"])).toEqual(
    Object.fromEntries(["val", "valid", "dev", "Validierung", "validación"].map((word) => [word, "validation"])),
  );
  expect(meaning("split", ["holdout", "hold-out", "held out", "Test", "Prüfung"])).toEqual({
    holdout: "test",
    "hold-out": "test",
    "held out": "test",
    Test: "test",
    Prüfung: "test",
  });
  expect(meaning("split", ["too_small", "unused", "ignore", "too small", null])).toEqual({
    too_small: "unused",
    unused: "unused",
    ignore: "unused",
    "": "unused",
  });
});

test("words that nobody knows are asked about, and what a person says comes first", () => {
  const asked = splitWords("split", ["train", "zone A", "zone A", "test"]);
  expect(asked.words).toContainEqual({ word: "zone A", count: 2, part: null });
  const told = splitWords("split", ["train", "zone A", "test"], { "Zone a": "unused", train: "test" });
  expect(told.words.map(({ part }) => part)).toEqual(["test", "unused", "test"]);
});

test("numbers of folds: the last tests, the one before it validates; −1 is in no fold", () => {
  expect(meaning("fold", [0, 1, 2, 3, 4])).toEqual({ 0: "train", 1: "train", 2: "train", 3: "validation", 4: "test" });
  expect(meaning("split", ["fold_1", "fold_10", "fold_2"])).toEqual({
    fold_1: "train",
    fold_2: "validation",
    fold_10: "test",
  });
  expect(meaning("kfold", [-1, 0, 1])).toEqual({ "-1": "unused", 0: "train", 1: "test" });
  expect(splitWords("fold", [1, 2, 3]).folds).toBe(true);
});

test("flags are read by the field's name; without one, 0 and 1 are asked about", () => {
  expect(meaning("is_test", [0, 1])).toEqual({ 0: "train", 1: "test" });
  expect(meaning("is_train", [true, false])).toEqual({ true: "train", false: "test" });
  expect(meaning("validation", ["no", "yes"])).toEqual({ no: "train", yes: "validation" });
  expect(meaning("split", [0, 1])).toEqual({ 0: null, 1: null });
});
