import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { frenchHostWords } from "./host-words.ts";

const services = pathToFileURL(join(import.meta.dirname, "../../src-main/services/")).href;

// The window's code does not know the program's: a process of Node.js asks the functions that write the sentences.
const program = `
const { besideWords, wordsOf } = await import("${services}rasters/radiometry.ts");
const { waitingWords } = await import("${services}rasters/import/images.ts");
const figures = { darkest: 0.188, middle: 0.27, brightest: 0.5 };
const kinds = ["offset-still-in", "offset-taken-twice", "not-divided", "decibels-not-linear", "linear-not-decibels"];
const said = [1, 2, 5].flatMap((count) => {
  const dates = Array.from({ length: count }, (_, day) => ({ date: "2019-06-1" + day, missing: ["B05", "B8A"] }));
  const images = dates.map(({ date }) => "/images/S2 (copy) " + date + ".tif");
  const repair = { modality: "s2 “new”", dates: count, others: count - 1, before: figures, after: figures };
  return [besideWords("/masks/clouds.tif", images), waitingWords({ name: "s2" }, dates), ...kinds.map((kind) => wordsOf({ kind, ...repair }))];
});
console.log(JSON.stringify(said));
`;

test("what services say of images has its French sentence, whatever the numbers", () => {
  const told = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  const english = JSON.parse(told) as readonly string[];
  expect(english).toHaveLength(21);
  const french = english.map(frenchHostWords);
  const unsaid = english.filter(
    (_, n) => french[n] === undefined || /\b(the|are|and|images of|with)\b/.test(french[n]),
  );
  expect(unsaid).toEqual([]);
  expect(french[1]).toBe(
    "1 image de 1 date (2019-06-10) n’a pas B05, B8A pour «\u00a0s2\u00a0»\u00a0: dans le projet, mais pas dans «\u00a0s2\u00a0» tant que ces bandes ne sont pas ajoutées.",
  );
  expect(frenchHostWords("A sentence of a later version.")).toBeUndefined();
});
