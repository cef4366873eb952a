import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { frenchRadiometry } from "./radiometry-words.ts";

/** Every text in the file that begins like a sentence, with a number or a date where it fills one in. */
function sentencesOf(file: string): string[] {
  const source = readFileSync(join(import.meta.dirname, "../../src-main/cube", file), "utf8")
    .replace(/\/\*\*.*?\*\//gs, "")
    .replace(/^\s*\/\/.*$/gm, "");
  const texts = [...source.matchAll(/"([^"\n]*)"|`([^`]*)`/g)].map(([, plain, template]) => plain ?? template ?? "");
  return texts
    .map((text) =>
      text
        .replace(/\$\{firstDay\w+\}/g, "2022-01-25")
        .replace(/\$\{said[^}]*\}/g, "scale 0.5, unit dB")
        .replace(/\$\{[^}]*\}/g, "0.25"),
    )
    .filter((text) => /^[A-Z][a-z]+ ?.* \w/.test(text) && text.includes(" "));
}

test("every sentence of the reader about a file's numbers has its French one", () => {
  const sentences = [...sentencesOf("radiometry.ts"), ...sentencesOf("given.ts")];
  expect(sentences.length).toBeGreaterThan(20);
  const missing = sentences
    .map((sentence) => sentence.replace("In 0.25 dates", "In 12 dates").replace("half of 0.25", "half of 12"))
    .filter((sentence) => frenchRadiometry(sentence) === undefined);
  expect(missing).toEqual([]);
});

test("numbers, dates and formulas of a sentence are written the French way", () => {
  expect(frenchRadiometry("Sensed after 2022-01-25, and no pixel is darker than 1.5: (value − 1000) / 10000.")).toBe(
    "Acquis après le 25/01/2022, et aucun pixel n’est plus sombre que 1,5\u00a0: (nombre − 1000) / 10000.",
  );
  expect(frenchRadiometry("Chosen: scale 0.0001, offset -0.1, unit reflectance, no nodata value.")).toBe(
    "Choisi\u00a0: facteur 0.0001, décalage -0.1, unité reflectance, aucune valeur sans donnée.",
  );
  expect(frenchRadiometry("A sentence of a later version.")).toBeUndefined();
});
