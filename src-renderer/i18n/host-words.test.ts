import { expect, test } from "vitest";
import { frenchHostWords } from "./host-words.ts";

// The window's code does not know the program's; this test asks the functions that write the sentences.
const services = (file: string) => import(/* @vite-ignore */ new URL(`../../src-main/services/${file}`, import.meta.url).href); // biome-ignore format: one line

test("what services say of images has its French sentence, whatever the numbers", async () => {
  const { besideWords, wordsOf } = await services("radiometry.ts");
  const { waitingWords } = await services("import-images.ts");
  const figures = { darkest: 0.188, middle: 0.27, brightest: 0.5 };
  const kinds = ["offset-still-in", "offset-taken-twice", "not-divided", "decibels-not-linear", "linear-not-decibels"];
  const english: string[] = [1, 2, 5].flatMap((count) => {
    const dates = Array.from({ length: count }, (_, day) => ({ date: `2019-06-1${day}`, missing: ["B05", "B8A"] }));
    const images = dates.map(({ date }) => `/images/S2 (copy) ${date}.tif`);
    const repairs = kinds.map((kind) => wordsOf({ kind, modality: "s2 “new”", dates: count, others: count - 1, before: figures, after: figures })); // biome-ignore format: one line
    return [besideWords("/masks/clouds.tif", images), waitingWords({ name: "s2" }, dates), ...repairs];
  });
  const french = english.map(frenchHostWords);
  expect(french.filter((sentence) => sentence === undefined || /\b(the|are|and|images of|with)\b/.test(sentence))).toEqual([]); // biome-ignore format: one line
  expect(french[1]).toBe(
    "1 image de 1 date (2019-06-10) n’a pas B05, B8A pour «\u00a0s2\u00a0»\u00a0: dans le projet, mais pas dans «\u00a0s2\u00a0» tant que ces bandes ne sont pas ajoutées.",
  );
  expect(frenchHostWords("A sentence of a later version.")).toBeUndefined();
});
