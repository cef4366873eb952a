import { expect, test } from "../harness/journey.ts";

test("the window opens, without a complaint, and its address no longer shows the token", async ({ window }) => {
  await expect(window).toHaveTitle(/OmniSat/);
  await expect(window.locator("main").first()).toBeVisible();
  expect(window.url()).not.toContain("token");
});
