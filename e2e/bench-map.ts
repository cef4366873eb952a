import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { launchOptions } from "./harness/browser.ts";
import { startHost } from "./harness/host.ts";
import { omnisat } from "./omnisat.ts";

// Pans over a large series and counts frames and requests: `npm run bench:map`. With `--gpu` the browser draws with the
// machine's card (a display or a headless GPU is needed); without, the processor draws, which is many times slower.
const { values } = parseArgs({
  options: {
    side: { type: "string", default: "10980" },
    dates: { type: "string", default: "12" },
    gpu: { type: "boolean", default: false },
    keep: { type: "string" },
  },
});
const side = Number(values.side);
const dates = Number(values.dates);
const room = values.keep ?? mkdtempSync(join(tmpdir(), "omnisat-bench-map-"));
const imagery = join(room, "imagery");
const project = join(room, "project");

async function make(): Promise<void> {
  if (existsSync(join(project, "project.omniproj"))) return;
  mkdirSync(imagery, { recursive: true });
  const name = (i: number) => join(imagery, `S2_L2A_10m_2019${String(i + 1).padStart(2, "0")}10T105656.tif`);
  execFileSync("/usr/bin/python3", [join(import.meta.dirname, "tools/big-scene.py"), name(0), String(side)], {
    stdio: "inherit",
  });
  // One file under twelve names: the window reads and caches each for itself.
  for (let i = 1; i < dates; i++) linkSync(name(0), name(i));
  for (const words of [
    ["project", "create", project, "--like", name(0)],
    ["project", "import", project, imagery, "--sensor", "sentinel-2", "--bands", "B02,B03,B04"],
  ]) {
    const { code, err } = await omnisat(...words);
    if (code !== 0) throw new Error(`omnisat ${words.join(" ")}: ${err}`);
  }
}

interface Run {
  readonly name: string;
  readonly frames: readonly number[];
  readonly requests: number;
  readonly visible: number;
}

/** Arrives at a view, drags the map for some seconds, notes when each frame came, and every tile asked for since the beginning. */
async function pan(page: Page, name: string, seconds: number, arrive: () => Promise<void>): Promise<Run> {
  const urls: string[] = [];
  const note = (request: { url(): string }) => {
    if (request.url().includes("/tile/")) urls.push(request.url());
  };
  page.on("request", note);
  await arrive();
  await page.evaluate(() => {
    const store = window as unknown as { frames: number[] };
    store.frames = [];
    let last = performance.now();
    const step = (now: number) => {
      store.frames.push(now - last);
      last = now;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  const box = (await page.getByRole("application").boundingBox())!;
  const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
  const end = Date.now() + seconds * 1000;
  for (let turn = 0; Date.now() < end; turn++) {
    const [dx, dy] = [Math.cos(turn * 2.4) * box.width * 0.35, Math.sin(turn * 2.4) * box.height * 0.35];
    await page.mouse.move(middle[0] - dx, middle[1] - dy);
    await page.mouse.down();
    await page.mouse.move(middle[0] + dx, middle[1] + dy, { steps: 40 });
    await page.mouse.up();
  }
  const frames = (await page.evaluate(() => (window as unknown as { frames: number[] }).frames)).slice(2);
  // A slow machine asks for tiles only when the map has stopped moving.
  await page.waitForTimeout(4000);
  page.off("request", note);
  const addresses = new Set(urls.map((url) => /\/tile\/[^/]+\/(\d+\/-?\d+\/-?\d+)/.exec(url)![1]!));
  return { name, frames, requests: urls.length, visible: addresses.size };
}

await make();
const host = await startHost({ arguments: ["--project", project] });
const browser = await chromium.launch(
  values.gpu
    ? { ...launchOptions, args: ["--no-sandbox", "--enable-gpu", "--ignore-gpu-blocklist", "--use-angle=vulkan"] }
    : launchOptions,
);
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const rest = async () => {
    await page.getByRole("application").waitFor();
    // A slow machine asks for tiles only when the map has stopped moving.
    await page.waitForTimeout(3000);
  };
  const runs = [
    await pan(page, "whole scene (overviews)", 6, async () => {
      await page.goto(host.address);
      await rest();
    }),
  ];
  const scale = page.getByLabel("Scale", { exact: true });
  for (const wanted of ["1:150000", "1:40000"]) {
    const run = await pan(page, wanted, 6, async () => {
      // Back from where the dragging ended, which may be beside the scene.
      await page.getByRole("application").focus();
      await page.keyboard.press("Home");
      await page.waitForTimeout(1000);
      await scale.fill(wanted);
      await scale.press("Enter");
      await rest();
    });
    runs.push(run);
  }
  const drawnBy = await page.evaluate(() => {
    const gl = document.createElement("canvas").getContext("webgl");
    const facts = gl?.getExtension("WEBGL_debug_renderer_info");
    return gl && facts ? String(gl.getParameter(facts.UNMASKED_RENDERER_WEBGL)) : "no WebGL";
  });
  console.log(`${side}² pixels, ${dates} dates; drawn by ${drawnBy}`);
  console.log("view                      frames/s   95 % of frames within   tiles   requests per tile");
  for (const { name, frames, requests, visible } of runs) {
    const sorted = frames.toSorted((a, b) => a - b);
    const mean = frames.reduce((sum, frame) => sum + frame, 0) / frames.length;
    const late = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
    console.log(
      `${name.padEnd(25)} ${(1000 / mean).toFixed(1).padStart(8)} ${`${late.toFixed(0)} ms`.padStart(21)} ${String(visible).padStart(9)} ${(requests / Math.max(1, visible)).toFixed(2).padStart(16)}`,
    );
  }
} finally {
  await browser.close();
  await host.close();
  if (values.keep === undefined) rmSync(room, { recursive: true, force: true });
}
