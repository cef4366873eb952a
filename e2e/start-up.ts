import { chromium } from "@playwright/test";
import { launchOptions } from "./harness/browser.ts";
import { startHost } from "./harness/host.ts";

// Prints how soon the window paints and answers, as a person waits for it: `node e2e/start-up.ts [TIMES]`, after a build.
const times = Number(process.argv[2] ?? 5);

interface Start {
  readonly firstPaint: number;
  readonly interactive: number;
  readonly kilobytes: number;
}

const host = await startHost();
const starts: Start[] = [];
try {
  for (let turn = 0; turn < times; turn++) {
    // A browser of its own each time: nothing cached, no code compiled.
    const browser = await chromium.launch(launchOptions);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const invited = Date.now();
    await page.goto(host.address);
    await page.waitForFunction(
      () =>
        performance.getEntriesByName("interactive").length > 0 &&
        performance.getEntriesByName("first-contentful-paint").length > 0,
    );
    starts.push(
      await page.evaluate((since) => {
        // The address with the token leads here by one hop, which the person waits for too.
        const hop = performance.timeOrigin - since;
        const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN;
        const ready = performance.getEntriesByName("interactive")[0]?.startTime ?? Number.NaN;
        const files = performance.getEntriesByType("resource") as unknown as { readonly transferSize: number }[];
        const bytes = files.reduce((sum, file) => sum + file.transferSize, 0);
        return { firstPaint: hop + paint, interactive: hop + ready, kilobytes: bytes / 1000 };
      }, invited),
    );
    await browser.close();
  }
} finally {
  await host.close();
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const column = (name: keyof Start) => starts.map((start) => start[name]);
const print = (name: string, values: readonly number[], target: string) =>
  console.log(
    `${name.padEnd(14)} ${median(values).toFixed(0).padStart(5)} ms  (${values.map((one) => one.toFixed(0)).join(", ")})  target ${target}`,
  );
print("first paint", column("firstPaint"), "< 1500 ms");
print("interactive", column("interactive"), "< 3000 ms");
console.log(`transferred    ${median(column("kilobytes")).toFixed(0).padStart(5)} kB`);
