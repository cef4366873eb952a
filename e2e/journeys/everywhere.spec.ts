import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, motionless, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

type RunOnly = { readonly type: "tag" | "rule"; readonly values: string[] };
/** What axe judges: everything once, and in the other theme its colours. */
const everything: RunOnly = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] };
const colours: RunOnly = { type: "rule", values: ["color-contrast"] };

/** Nothing serious or critical by axe in the part of the page that is new, in the theme that is on. */
async function accessible(page: Page, where: string, rules: RunOnly, part = "body"): Promise<void> {
  await motionless(page);
  const { violations } = await new AxeBuilder({ page })
    .include(part)
    .options({ resultTypes: ["violations"], runOnly: rules })
    .analyze();
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id}: ${node.target.join(" ")}`));
  expect.soft(serious).toEqual([]);
}

/** Panels that are not in front when a project opens. */
const panels = [
  { dock: "Left", name: "Modalities" },
  { dock: "Left", name: "Labels" },
  { dock: "Right", name: "Alignment" },
  { dock: "Right", name: "Train" },
  { dock: "Right", name: "Map" },
  { dock: "Right", name: "Export" },
  { dock: "Bottom", name: "Label table" },
  { dock: "Bottom", name: "Jobs" },
  { dock: "Bottom", name: "Charts" },
];

test("palette, shortcuts and frame are worked with the keyboard alone", async ({ window, host }) => {
  await openSample(window, host);

  await test.step("the palette finds and runs commands, and says what matches nothing", async () => {
    await window.keyboard.press("Control+k");
    const field = window.getByRole("combobox", { name: "Command palette" });
    await expect(field).toBeFocused();
    await field.fill("xyzzy");
    await expect(window.getByText("Nothing matches “xyzzy”.")).toBeVisible();
    await field.fill("export panel");
    await expect(window.getByRole("listbox", { name: "Command palette" }).getByRole("option").first()).toContainText(
      "Export",
    );
    await window.keyboard.press("Enter");
    await expect(window.getByRole("tab", { name: "Export" })).toHaveAttribute("aria-selected", "true");
    await window.keyboard.press("Control+k");
    await window.keyboard.press("Escape");
    await expect(field).toBeHidden();
  });

  await test.step("the shortcut sheet lists the keys, and the keys do what it says", async () => {
    await window.keyboard.press("?");
    const sheet = window.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(sheet.getByText("Show or hide all docks")).toBeVisible();
    await expect(sheet.getByText("Undo", { exact: true })).toBeVisible();
    await window.keyboard.press("Escape");
    await expect(sheet).toBeHidden();
    const left = window.getByRole("region", { name: "Left dock" });
    await expect(left).toBeVisible();
    await window.keyboard.press("F9");
    await expect(left).toBeHidden();
    await window.keyboard.press("F9");
    await expect(left).toBeVisible();
    await window.keyboard.press("Alt+2");
    await expect(window.getByRole("tab", { name: "Modalities" })).toHaveAttribute("aria-selected", "true");
    // A letter typed into a field is a letter.
    await window.keyboard.press("Control+k");
    await window.keyboard.type("?");
    await expect(window.getByRole("combobox", { name: "Command palette" })).toHaveValue("?");
    await expect(sheet).toBeHidden();
    await window.keyboard.press("Escape");
  });

  await test.step("menus, tabs and the edge of a dock", async () => {
    await window
      .getByRole("button", { name: /Project|Flanders/ })
      .first()
      .focus();
    await window.keyboard.press("Enter");
    await expect(window.getByRole("menu")).toBeVisible();
    await window.keyboard.press("ArrowDown");
    await window.keyboard.press("Escape");
    await expect(window.getByRole("menu")).toBeHidden();
    await window.keyboard.press("Alt+1");
    const layers = window.getByRole("tab", { name: "Layers" });
    await expect(layers).toHaveAttribute("aria-selected", "true");
    await layers.focus();
    await window.keyboard.press("ArrowRight");
    await expect(window.getByRole("tab", { name: "Modalities" })).toBeFocused();
    const edge = window.getByRole("separator", { name: "Left dock" });
    const before = Number(await edge.getAttribute("aria-valuenow"));
    await edge.focus();
    await window.keyboard.press("ArrowRight");
    await expect(edge).toHaveAttribute("aria-valuenow", String(before + 16));
  });
});

test("language and theme change at once, and are there again after a reload", async ({ window }) => {
  await window.getByRole("main").waitFor();
  await window.keyboard.press("Control+,");
  await window.getByLabel("Language").selectOption("fr");
  await expect(window.getByRole("dialog", { name: "Réglages" })).toBeVisible();
  await window.getByText("Sombre").click();
  await expect(window.locator("html")).toHaveAttribute("data-theme", "dark");
  await window.reload();
  await expect(window.locator("html")).toHaveAttribute("lang", "fr");
  await expect(window.locator("html")).toHaveAttribute("data-theme", "dark");
  await window.getByRole("main").waitFor();
  await window.keyboard.press("Control+,");
  await window.getByLabel("Langue").selectOption("system");
  await expect(window.getByRole("dialog", { name: "Settings" })).toBeVisible();
});

test.describe("on a French system", () => {
  test.use({ locale: "fr-FR" });

  test("everything speaks French: screens, palette, figures, and what goes wrong", async ({ window, host }) => {
    await window.getByRole("button", { name: /Ouvrir un projet/ }).click();
    await window.getByRole("button", { name: "Utiliser ce dossier" }).click();
    await expect(window.getByText(/n’est pas un projet\s: il n’y a pas de fichier project\.omniproj/)).toBeVisible();
    await openSample(window, host);
    await expect(window.locator("html")).toHaveAttribute("lang", "fr");
    await window.keyboard.press("Control+k");
    await window.getByRole("combobox", { name: "Palette de commandes" }).fill("etiquettes volet");
    await window.keyboard.press("Enter");
    await expect(window.getByRole("tab", { name: "Étiquettes", exact: true })).toHaveAttribute("aria-selected", "true");
    await expect(window.getByText(/13,78\sha/).first()).toBeVisible();
  });
});

test("help finds a word in the guide, in the window's language", async ({ window }) => {
  await window.getByRole("main").waitFor();
  await window.keyboard.press("F1");
  const help = window.getByRole("dialog", { name: "User guide" });
  await help.getByRole("searchbox").fill("half a pixel");
  await help.getByRole("button", { name: /Alignment/ }).click();
  await expect(help.getByRole("heading", { name: "Alignment" })).toBeVisible();
});

test("axe finds nothing serious on any screen, light and dark", async ({ window, host }) => {
  const themes = [["light", everything], ["dark", colours]] as const; // biome-ignore format: one line
  const turn = (colorScheme: "light" | "dark") => window.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await window.getByRole("main").waitFor();
  for (const [theme, rules] of themes) {
    await turn(theme);
    await accessible(window, `start, ${theme}`, rules);
  }
  await turn("light");
  await openSample(window, host);
  for (const [theme, rules] of themes) {
    await turn(theme);
    await expect(window.locator(".map-view .target")).toHaveAttribute("aria-busy", "false");
    await accessible(window, `workspace, ${theme}`, rules);
    for (const { name, dock } of panels) {
      await window.getByRole("tab", { name, exact: true }).click();
      await accessible(window, `${name}, ${theme}`, rules, `section[aria-label="${dock} dock"]`);
    }
    await window.keyboard.press("Control+k");
    await accessible(window, `palette, ${theme}`, rules, "dialog[open]");
    await window.keyboard.press("Escape");
    for (const [key, name] of [
      ["?", "shortcuts"],
      ["F1", "guide"],
      ["Control+,", "settings"],
    ] as const) {
      await window.keyboard.press(key);
      await expect(window.getByRole("dialog")).toBeVisible();
      await accessible(window, `${name}, ${theme}`, rules, "dialog[open]");
      await window.keyboard.press("Escape");
      await expect(window.getByRole("dialog")).toBeHidden();
    }
  }
});

test("at 1024×700 nothing is cut off: bars fit, docks give way, the map keeps its place", async ({ window, host }) => {
  await window.setViewportSize({ width: 1024, height: 700 });
  await openSample(window, host);
  const overflow = await window.evaluate(
    "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]",
  );
  expect(overflow).toEqual([1024, 700]);
  const map = await window.getByRole("main", { name: "Map" }).boundingBox();
  expect(map!.width).toBeGreaterThan(300);
  expect(map!.height).toBeGreaterThan(300);
  // What a closed dock holds is found without its name: an icon each, one click away, and Start within reach.
  await window.getByRole("tablist", { name: "Right dock" }).getByRole("tab", { name: "Train" }).click();
  const start = window.getByRole("button", { name: "Start training" });
  await start.scrollIntoViewIfNeeded();
  await expect(start).toBeInViewport({ ratio: 1 });
  for (const panel of ["Train", "Inspector"]) {
    await window.keyboard.press("Control+k");
    await window.getByRole("combobox", { name: "Command palette" }).fill(`${panel} panel`);
    await window.keyboard.press("Enter");
    await expect(window.getByRole("tab", { name: panel })).toHaveAttribute("aria-selected", "true");
  }
  expect((await window.getByRole("main", { name: "Map" }).boundingBox())!.width).toBeGreaterThan(300);
});
