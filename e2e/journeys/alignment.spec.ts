import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

test.use({ begin: "sample" });

/** A part of the map without signs on it, as pixels. */
async function part(window: Page, left: number, right: number): Promise<Buffer> {
  const box = (await window.locator(".map-view").boundingBox())!;
  return window.screenshot({
    clip: {
      x: box.x + box.width * left,
      y: box.y + box.height * 0.66,
      width: box.width * (right - left),
      height: box.height * 0.18,
    },
  });
}

/** The picture once no tile is on its way and two looks in a row are the same. */
async function still(window: Page, left: number, right: number): Promise<Buffer> {
  let last: Buffer = Buffer.alloc(0);
  const same = async () => {
    await expect(window.locator(".map-view .target")).toHaveAttribute("aria-busy", "false");
    const before = last;
    last = await part(window, left, right);
    return last.equals(before);
  };
  await expect.poll(same, { intervals: [300] }).toBe(true);
  return last;
}

const mode = (window: Page, name: string) => window.getByRole("radio", { name, exact: true }).check({ force: true });

async function openAlignment(window: Page): Promise<void> {
  await expect(window.getByRole("slider", { name: "Date" })).toHaveAttribute("aria-valuetext", "22 Nov 2019");
  await window.getByRole("tab", { name: "Alignment" }).click();
}

async function choose(window: Page, label: string, text: string): Promise<void> {
  await window.getByRole("combobox", { name: label, exact: true }).fill(text);
  await window
    .getByRole("option", { name: new RegExp(`^${text}`, "i") })
    .first()
    .click();
}

test("two dates are compared by swipe, blink, spyglass and side by side, pixel by pixel", async ({ window, host }) => {
  await openSample(window, host);
  await openAlignment(window);
  await mode(window, "Blink");
  await choose(window, "Layer A", "30 Jun 2019");
  await choose(window, "Layer B", "21 Apr 2019");
  const [left, right] = [
    [0.22, 0.45],
    [0.55, 0.78],
  ] as const;
  await window.keyboard.press("Escape");
  await window.getByRole("button", { name: "Show A", exact: true }).click();
  const [leftOfA, rightOfA] = [await still(window, ...left), await still(window, ...right)];
  await window.getByRole("button", { name: "Show B", exact: true }).click();
  await expect.poll(async () => (await part(window, ...left)).equals(leftOfA)).toBe(false);
  const [leftOfB, rightOfB] = [await still(window, ...left), await still(window, ...right)];
  expect(rightOfB.equals(rightOfA)).toBe(false);

  // A to the left of the edge, B to the right of it; the edge moves by keys.
  await mode(window, "Swipe");
  const edge = window.getByRole("slider", { name: "Edge between A and B" });
  await expect(edge).toHaveAttribute("aria-valuenow", "50");
  await expect.poll(async () => (await part(window, ...left)).equals(leftOfA)).toBe(true);
  await expect.poll(async () => (await part(window, ...right)).equals(rightOfB)).toBe(true);
  await edge.focus();
  await window.keyboard.press("Home");
  await expect.poll(async () => (await part(window, ...left)).equals(leftOfB)).toBe(true);
  await window.keyboard.press("End");
  await expect.poll(async () => (await part(window, ...right)).equals(rightOfA)).toBe(true);
  await window.keyboard.press("Shift+ArrowLeft");
  await expect(edge).toHaveAttribute("aria-valuenow", "90");

  // A under, B inside the circle at the pointer.
  await mode(window, "Spyglass");
  const box = (await window.locator(".map-view").boundingBox())!;
  await window.mouse.move(box.x + box.width * 0.35, box.y + box.height * 0.75);
  await expect.poll(async () => (await part(window, ...right)).equals(rightOfA)).toBe(true);
  await expect.poll(async () => (await part(window, ...left)).equals(leftOfA)).toBe(false);

  await mode(window, "Side by side");
  const second = window.getByRole("region", { name: "Second map" });
  await expect(second.locator("canvas")).toBeVisible();
  await mode(window, "No comparison");
  await expect(second).toBeHidden();
  await expect(window.locator(".stamp")).toContainText("22 Nov 2019");
});

test("every layer's place is told, a picture is moved by keys, measured, and put back by undo", async ({
  window,
  host,
}) => {
  await openSample(window, host);
  await openAlignment(window);
  await expect(window.getByText("All layers lie where they should.")).toBeVisible();
  await expect(window.getByText("72 dates").last()).toBeVisible();
  await choose(window, "Move", "30 Jun 2019");
  await expect(window.getByRole("slider", { name: "Date" })).toHaveAttribute("aria-valuetext", "30 Jun 2019");
  const before = await still(window, 0.22, 0.78);
  const undo = window.getByRole("button", { name: /^Undo/ });
  await expect(undo).toBeDisabled();

  const pad = window.getByRole("group", { name: "Move by arrow keys" });
  await pad.focus();
  for (const key of ["Shift+ArrowRight", "Shift+ArrowRight", "ArrowUp", "Alt+ArrowUp"])
    await window.keyboard.press(key);
  await expect(pad).toContainText("+2 px");
  await expect(pad).toContainText("+0.11 px");
  await expect(pad).toContainText("+20 m");
  await expect(undo).toBeEnabled();
  await expect(
    window.getByText("A correction moves it +20 m east and +1.1 m north. Its file is unchanged."),
  ).toBeVisible();
  const moved = await still(window, 0.22, 0.78);
  expect(moved.equals(before)).toBe(false);

  // Against a cloudy date nothing is measured, and it is said why; a clear one says how far it has to come back.
  await choose(window, "Reference", "25 Jun 2019");
  const measure = window.getByRole("button", { name: "Measure the shift" });
  await measure.click();
  await expect(window.getByText("Clouds hide too much in one of the two images.")).toBeVisible();
  await choose(window, "Reference", "5 Jul 2019");
  await measure.click();
  await expect(window.getByText(/It should move [−-]1[5-9](\.\d+)? m east/)).toBeVisible();

  // One step, or two where the machine came to the last key after the pause that ends a step (`state/alignment.test.ts`).
  await expect(async () => {
    if (await undo.isEnabled()) await undo.click();
    await expect(undo).toBeDisabled({ timeout: 5_000 });
  }).toPass();
  await expect(pad).toContainText("0 m");
  await expect.poll(async () => (await part(window, 0.22, 0.78)).equals(before)).toBe(true);
});
