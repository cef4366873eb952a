import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "../harness/browser.ts";

// Draws resources/icons/*.svg as the systems want them: PNG for Linux, ICO for Windows, ICNS for macOS. Run it after a
// change of the drawings; what it writes is committed.
const folder = resolve(import.meta.dirname, "../../resources/icons");
const browser = await chromium.launch(launchOptions);
const page = await browser.newPage();

/** Below 48 pixels the fields of the drawing cannot be told apart: the plain drawing is used there. */
const drawingOf = (size: number): string => (size < 48 ? "icon-small" : "icon");

async function draw(name: string, size: number): Promise<Buffer> {
  const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  return page.screenshot({ omitBackground: true });
}

/** ICO: a directory, and PNGs behind it. */
function ico(pictures: readonly { readonly size: number; readonly png: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  pictures.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    // 0 means 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** ICNS: pieces with a name of four letters for each size. */
function icns(pictures: readonly { readonly type: string; readonly png: Buffer }[]): Buffer {
  const pieces = pictures.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, "latin1");
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write("icns", 0, "latin1");
  head.writeUInt32BE(8 + pieces.reduce((sum, piece) => sum + piece.length, 0), 4);
  return Buffer.concat([head, ...pieces]);
}

const icnsTypes = [["icp4", 16], ["icp5", 32], ["ic11", 32], ["ic12", 64], ["ic07", 128], ["ic13", 256], ["ic08", 256], ["ic14", 512], ["ic09", 512], ["ic10", 1024]] as const; // biome-ignore format: a table

mkdirSync(join(folder, "linux"), { recursive: true });
const write = (name: string, bytes: Buffer): void => writeFileSync(join(folder, name), bytes);
for (const size of [16, 32, 48, 64, 128, 256, 512])
  write(`linux/${size}x${size}.png`, await draw(drawingOf(size), size));
write("icon.png", await draw("icon", 512));
const inSizes = (name: (size: number) => string, sizes: readonly number[]) =>
  Promise.resolve(sizes).then(async (all) => {
    const pictures = [];
    for (const size of all) pictures.push({ size, png: await draw(name(size), size) });
    return pictures;
  });
write("icon.ico", ico(await inSizes(drawingOf, [16, 24, 32, 48, 64, 128, 256])));
write("document.ico", ico(await inSizes(() => "document", [16, 32, 48, 256])));
for (const [file, name] of [
  ["icon.icns", drawingOf],
  ["document.icns", () => "document"],
] as const) {
  const pictures = [];
  for (const [type, size] of icnsTypes) pictures.push({ type, png: await draw(name(size), size) });
  write(file, icns(pictures));
}
await browser.close();
