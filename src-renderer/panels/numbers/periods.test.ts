import { expect, test } from "vitest";
import { undatedDay } from "../../../src-shared/eo/index.ts";
import { proposedPeriods } from "./periods.ts";

test("the first and the last year of the images are proposed, and a layer without a date is in none", () => {
  const images = ["2019-04-10", "2018-09-18", "2018-10-13", "2019-10-28"].map((date) => ({ date }));
  const wanted = { first: "2018-09-18", last: "2018-12-31", begin: "2019-01-01", end: "2019-10-28" };
  expect(proposedPeriods(images)).toEqual(wanted);
  expect(proposedPeriods([...images, { date: undatedDay }])).toEqual(wanted);
  const none = { first: "", last: "", begin: "", end: "" };
  expect(proposedPeriods([{ date: "2019-04-10" }, { date: undatedDay }])).toEqual(none);
  expect(proposedPeriods([])).toEqual(none);
});
