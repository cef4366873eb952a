import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertIndexedToRgb, decode } from "fast-png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRaster, type Raster } from "../raster/index.ts";
import { writeReport } from "./index.ts";
import { readPicture } from "./picture.ts";
import { rampColor } from "./ramp.ts";
import { sampleSpec } from "./sample-spec.ts";

const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "picture-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The pictures of a report, as red, green, blue, alpha. */
async function embedded(classPath: string): Promise<readonly { width: number; height: number; rgba: Uint8Array }[]> {
  const spec = sampleSpec(join(folder, "report.html"));
  const context = { signal: new AbortController().signal, phase: () => {} };
  await writeReport({ ...spec, map: { ...spec.map!, classPath } }, context);
  const text = readFileSync(spec.outputPath, "utf8");
  return [...text.matchAll(/data:image\/png;base64,([^"]+)/g)].map(([, base64]) => {
    const png = decode(Buffer.from(base64!, "base64"));
    return { width: png.width, height: png.height, rgba: Uint8Array.from(convertIndexedToRgb(png)) };
  });
}

function gdal(program: string, ...args: readonly string[]): void {
  execFileSync(program, ["-q", ...args], { env: { ...process.env, GDAL_PAM_ENABLED: "NO" } });
}

test("the class picture has the colours that GDAL finds in the file's colour table", { tags: ["gdal"] }, async () => {
  const [picture] = await embedded(fixture("small-class.tif"));
  const expanded = join(folder, "expanded.png");
  gdal("gdal_translate", "-of", "PNG", "-expand", "rgba", fixture("small-class.tif"), expanded);
  const witness = decode(readFileSync(expanded));
  expect([picture!.width, picture!.height]).toEqual([witness.width, witness.height]);
  const differing = picture!.rgba.filter((value, index) => {
    // Under transparent pixels the colour does not matter.
    const alphaAt = index - (index % 4) + 3;
    return index % 4 === 3
      ? value !== witness.data[index]
      : witness.data[alphaAt] !== 0 && value !== witness.data[index];
  });
  expect(differing).toHaveLength(0);
  const transparent = witness.data.filter((value, index) => index % 4 === 3 && value === 0);
  expect(transparent.length).toBeGreaterThan(10); // the corner without data
});

test("the confidence picture has the ramp's colours, and none where there is no data", async () => {
  const [, picture] = await embedded(fixture("small-class.tif"));
  const raster = await openRaster(fixture("small-confidence.tif"));
  const { bands } = await raster.readWindow({ col: 0, row: 0, width: 64, height: 48 });
  raster.close();
  bands[0]!.forEach((value, index) => {
    const rgba = [...picture!.rgba.subarray(index * 4, index * 4 + 4)];
    if (value === 255) expect(rgba[3]).toBe(0);
    else expect(rgba).toEqual([...rampColor(Number(value) / 100), 255]);
  });
});

test("a raster larger than the screen is shown from its overviews", async () => {
  const [picture] = await embedded(fixture("large-class.tif"));
  expect([picture!.width, picture!.height]).toEqual([1200, 692]);
  const raster = await openRaster(fixture("large-class.tif"));
  const { read, windows } = watched(raster);
  const small = await readPicture(read, { side: 1200 });
  expect(windows.every(({ overview }) => overview === 0)).toBe(true); // 1300 wide: the coarsest that is enough
  const whole = (await raster.readWindow({ col: 0, row: 0, width: 2600, height: 1500 })).bands[0]!;
  raster.close();
  for (const code of [1, 2, 3, 4, 5]) {
    const share = (values: ArrayLike<number>) =>
      Array.from(values).filter((value) => value === code).length / values.length;
    expect(share(small.values)).toBeCloseTo(share(whole), 2);
  }
});

test("a part of a raster is shown as that part alone would be", { tags: ["gdal"] }, async () => {
  const part = join(folder, "part.tif");
  gdal("gdal_translate", "-srcwin", "700", "300", "400", "900", fixture("large-class.tif"), part);
  const [raster, alone] = [await openRaster(fixture("large-class.tif")), await openRaster(part)];
  const window = { col: 700, row: 300, width: 400, height: 900 };
  const whole = await readPicture(raster, { window });
  const expected = await readPicture(alone);
  expect([whole.width, whole.height]).toEqual([400, 900]);
  expect(Buffer.compare(whole.values, expected.values)).toBe(0);
  expect(Buffer.compare(whole.valid, expected.valid)).toBe(0);
  // Smaller, an overview is enough, and nothing beside the part is read.
  const { read, windows } = watched(raster);
  const small = await readPicture(read, { window, side: 300 });
  expect([small.width, small.height]).toEqual([133, 300]);
  expect(windows.every(({ overview }) => overview === 0)).toBe(true);
  expect(windows.reduce((sum, { pixels }) => sum + pixels, 0)).toBeLessThanOrEqual(201 * 451);
  raster.close();
  alone.close();
});

test("without overviews the picture is read in strips, each of bounded size, and shows the pixel under its middle", {
  tags: ["gdal"],
}, async () => {
  const plain = join(folder, "plain.tif");
  gdal(
    "gdal_translate",
    "-co",
    "TILED=YES",
    "-co",
    "COMPRESS=DEFLATE",
    "-outsize",
    "6000",
    "4000",
    fixture("large-class.tif"),
    plain,
  );
  const raster = await openRaster(plain);
  expect(raster.info.overviews).toEqual([]);
  const { read, windows } = watched(raster);
  const picture = await readPicture(read, { side: 600 });
  expect([picture.width, picture.height]).toEqual([600, 400]);
  expect(windows.length).toBeGreaterThan(1);
  expect(Math.max(...windows.map(({ pixels }) => pixels))).toBeLessThanOrEqual(1 << 23);
  for (const [col, row] of [
    [0, 0],
    [599, 399],
    [300, 139],
    [17, 140],
    [580, 280],
  ] as const) {
    const window = { col: col * 10 + 5, row: row * 10 + 5, width: 1, height: 1 };
    const { bands, valid } = await raster.readWindow(window);
    expect(picture.values[row * 600 + col]).toBe(bands[0]![0]);
    expect(picture.valid[row * 600 + col]).toBe(valid[0]?.[0] ?? 1);
  }
  raster.close();
});

/** The raster, with a note of every window that is read. */
function watched(raster: Raster): { read: Raster; windows: { pixels: number; overview: number | undefined }[] } {
  const windows: { pixels: number; overview: number | undefined }[] = [];
  const read: Pick<Raster, "info" | "readWindow" | "dataWindows"> = {
    info: raster.info,
    dataWindows: (options) => raster.dataWindows(options),
    readWindow: (window, options) => {
      windows.push({ pixels: window.width * window.height, overview: options?.overview });
      return raster.readWindow(window, options);
    },
  };
  return { read: read as Raster, windows };
}
