import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { launchOptions } from "./harness/browser.ts";
import { type Host, startHost } from "./harness/host.ts";
import { copySample, listenForComplaints } from "./harness/journey.ts";

// Takes pictures of the window on a real host: `node e2e/look.ts NAME [--size 1024x700] [--dark] [--lang fr] [--do steps.ts]`.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string", default: "1440x900" },
    dark: { type: "boolean", default: false },
    lang: { type: "string", default: "en" },
    do: { type: "string" },
    to: { type: "string", default: "/tmp/looks" },
  },
});
const name = positionals[0] ?? "window";
const [width = 1440, height = 900] = values.size.split("x").map(Number);

/** What a module of steps exports as default. `shot("x")` writes NAME-x.png; NAME.png is taken at the end. */
export interface Look {
  readonly page: Page;
  readonly host: Host;
  readonly shot: (part: string) => Promise<void>;
  readonly copySample: (name?: string) => string;
}

mkdirSync(values.to, { recursive: true });
try {
  execFileSync(process.execPath, [resolve(import.meta.dirname, "../src-main/hosts/build-window.ts")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
} catch (error) {
  // While sources are being edited a build may fail; the last one that worked is used then.
  console.error(
    `The window was not built anew: ${String((error as { stderr?: unknown }).stderr)
      .split("\n")
      .slice(0, 4)
      .join(" ")}`,
  );
}
const host = await startHost();
const browser = await chromium.launch(launchOptions);
try {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: values.dark ? "dark" : "light",
    locale: values.lang === "fr" ? "fr-FR" : "en-GB",
  });
  const complaints = listenForComplaints(page);
  const shot = async (part: string) => {
    const path = join(values.to, `${[name, part].filter(Boolean).join("-")}.png`);
    await page.screenshot({ path });
    console.log(path);
  };
  await page.goto(host.address);
  await page.waitForLoadState("networkidle");
  try {
    if (values.do) {
      const steps = (await import(pathToFileURL(resolve(values.do)).href)) as {
        default: (look: Look) => Promise<void>;
      };
      await steps.default({ page, host, shot, copySample: (folder) => copySample(host, folder) });
    }
    await page.waitForTimeout(300);
  } finally {
    await shot("");
  }
  for (const complaint of complaints) console.error(`console: ${complaint}`);
  if (host.errors()) console.error(`host: ${host.errors()}`);
} finally {
  await browser.close();
  await host.close();
}
