import { afterEach, expect, test } from "vitest";
import { finetunePresets, pretrainPresets, tilesPresets } from "../../../src-shared/domain/presets.ts";
import { language } from "../../i18n/index.ts";
import { fieldName, fieldValue } from "./setting-words.ts";

afterEach(() => language.choose("en"));

test("every setting of a training has the name that the Train panel gives it, in both languages", () => {
  const settings = [finetunePresets, pretrainPresets, tilesPresets].flatMap((presets) =>
    Object.values(presets).flatMap(({ recipe }) => Object.keys(recipe)),
  );
  for (const chosen of ["en", "fr"] as const) {
    language.choose(chosen);
    expect([...new Set([...settings, "seed", "chosen"])].filter((key) => fieldName(key) === key)).toEqual([]);
  }
});

test("options, switches and numbers are said in words", () => {
  language.choose("fr");
  expect(fieldValue("balance", "patches")).toBe("Chaque patch aussi souvent");
  expect(fieldValue("orientations", true)).toBe("oui");
  expect(fieldValue("learningRate", 0.001)).toBe("0,001");
  expect(fieldValue("patience", null)).toBe("–");
  expect(fieldValue("chosen", { rule: "many-places", values: { balance: "patches" } })).toBe("Lieux montrés");
  expect([fieldName("unheardOf"), fieldValue("unheardOf", "so")]).toEqual(["unheardOf", "so"]);
});
