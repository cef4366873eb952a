import { expect, test } from "vitest";
import { chosenSentence, settingsOfLabels } from "../../../src-shared/domain/chosen-settings.ts";
import { finetuneDefaults } from "../../../src-shared/domain/recipe.ts";
import { finetuneRecipe, recipeFor } from "./recipes.ts";

const wallToWall = { polygons: 158, patches: 25_000, classes: 5 };
const parcels = { polygons: 17, patches: 2662, classes: 8 };
const points = { polygons: 906, patches: 906, classes: 5 };

test("labels that cover the ground are learned patch by patch with rare classes more often, and few parcels class by class, points as points", () => {
  expect(settingsOfLabels(wallToWall)).toMatchObject({
    rule: "many-places",
    values: { balance: "square-root", steps: 300 },
  });
  expect(settingsOfLabels(parcels)).toMatchObject({ rule: "few-places", values: { balance: "classes", steps: 300 } });
  expect(settingsOfLabels(points)).toMatchObject({ rule: "points", values: { balance: "polygons", steps: 300 } });
  // The rule is about places: thirty is the first number that is many.
  expect([29, 30].map((polygons) => settingsOfLabels({ ...wallToWall, polygons }).rule)).toEqual([
    "few-places",
    "many-places",
  ]);
});

test("few parcels keep the other defaults", () => {
  const { recipe } = recipeFor({}, parcels);
  expect(recipe).toEqual({
    ...finetuneDefaults,
    balance: "classes",
    regressionWeight: 0.5,
    forestWeight: 0.5,
    boostedWeight: 0,
  });
});

test("with few polygons to a usual class the methods beside the network count less, however many one class has", () => {
  const weights = (perClass: number) => settingsOfLabels({ ...wallToWall, perClass }).values;
  expect(weights(4)).toMatchObject({ regressionWeight: 0.5, forestWeight: 0.5, boostedWeight: 0 });
  expect(weights(5)).toMatchObject({ regressionWeight: 0.5, forestWeight: 0.5, boostedWeight: 0.5 });
});

test("what somebody sets is never chosen for them; auto is as good as saying nothing", () => {
  const given = finetuneRecipe.parse({ balance: "classes", steps: 40 });
  const { recipe, chosen } = recipeFor(given, wallToWall);
  expect(recipe).toMatchObject({ balance: "classes", steps: 40, patchWeightPower: 1, warmupSteps: 14 });
  expect(Object.keys(chosen.values).toSorted()).toEqual([
    "boostedWeight",
    "forestWeight",
    "learningRate",
    "patchWeightPower",
    "regressionWeight",
  ]);
  expect(recipeFor(finetuneRecipe.parse({ balance: "auto" }), wallToWall)).toEqual(recipeFor({}, wallToWall));
});

test("what was chosen is said with its reason, for people and for programs", () => {
  expect(chosenSentence(recipeFor({}, wallToWall).chosen)).toBe(
    "Chosen from the labels (158 polygons, 25000 patches, 5 classes): balance=square-root, patchWeightPower=1, steps=300, learningRate=0.001, regressionWeight=0.5, forestWeight=0.5, boostedWeight=0.5, since 30 places or more train: classes are drawn by the square root of their patches, so that rare ones are seen; 5 places or more to a usual class: all simple methods answer beside the network.",
  );
  const none = { regressionWeight: 0, forestWeight: 0, boostedWeight: 0 };
  const all = { balance: "classes", patchWeightPower: 0, steps: 1, learningRate: 1, ...none } as const;
  expect(chosenSentence(recipeFor(all, parcels).chosen)).toMatch(/^All settings as given/);
});
