import { existsSync, readSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RasterExport } from "../../../src-shared/domain/job.ts";
import { percentPerStep } from "../../../src-shared/domain/stored-shares.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { type GeoBox, geoboxOfWindow, windowCovering } from "../../../src-shared/geo/geobox.ts";
import { clip } from "../../../src-shared/geo/window.ts";
import { writeWhole } from "../../files/index.ts";
import { createCog, openRaster, requireGeobox, suggestGeobox, tileOf, warp } from "../../raster/index.ts";
import { sieve } from "../../vector/geometry/sieve.ts";
import { classQml, classSld, confidenceRamp, rampQml, rampSld } from "../../vector/styles/index.ts";
import type { JobContext } from "../context.ts";
import { mapWords } from "../map-words.ts";

const withoutExtension = (path: string): string => path.replace(/\.[^.\\/]+$/, "");

/** The part of `grid` under `bounds`, in whole pixels. */
export function partOf(grid: GeoBox, bounds: Bounds | null, name: string): GeoBox {
  if (!bounds) return grid;
  const window = clip(windowCovering(grid, bounds), grid.width, grid.height);
  if (!window) throw new AppError("nothing-to-export", { name });
  return geoboxOfWindow(grid, window);
}

/** A Cloud Optimized GeoTIFF of a map or a part of it, tile by tile, and the styles that QGIS and GeoServer read beside it. */
export async function exportRaster(
  task: RasterExport,
  to: string,
  folder: string,
  { signal, phase }: JobContext,
): Promise<readonly string[]> {
  const sieved = (task.minimumPixels ?? 1) > 1 && task.legend ? join(folder, "map-sieved.part.tif") : undefined;
  if (sieved) await writeSieved(task.from, sieved, task.minimumPixels!, { signal, phase });
  const source = await openRaster(sieved ?? task.from);
  try {
    const { info } = source;
    const part = partOf(requireGeobox(source), task.bounds, task.title);
    const elsewhere = task.crs !== null || task.resolution !== null;
    const target = elsewhere ? suggestGeobox(part, task.crs ?? part.crs, task.resolution ?? undefined) : part;
    const [first] = info.bands;
    const nodata = first?.nodata ?? 0;
    const kept = keptCodes(task);
    const bands = info.bands.map((_, i) => i + 1);
    // What is known by now takes the place of what was known when the map was drawn.
    const { WARNING: _, REMARKS: __, ...rest } = info.metadata;
    const metadata: Readonly<Record<string, string>> = task.findings
      ? { ...rest, ...mapWords(task.findings) }
      : info.metadata;
    const legend = kept ? task.legend!.filter(({ code }) => kept[code]) : task.legend;
    await createCog(
      to,
      {
        geobox: target,
        bandCount: bands.length,
        dataType: info.dataType,
        nodata,
        scale: info.bands.map(({ scale }) => scale),
        offset: info.bands.map(({ offset }) => offset),
        bandNames: info.bands.map(({ name }) => name ?? ""),
        overviewMethod: task.legend ? "mode" : "average",
        metadata,
        ...(task.legend && first?.categoryNames ? { categoryNames: first.categoryNames } : {}),
        ...(task.legend && first?.attributeTable ? { attributeTable: first.attributeTable } : {}),
        ...(task.legend && first?.colorTable ? { colorTable: first.colorTable } : {}),
      },
      async (window) => {
        const block = await warp(source, tileOf(target, window), { bands, method: "nearest", signal, whole: target });
        block.bands.forEach((values, k) => {
          const mask = block.valid[k];
          if (mask) for (let i = 0; i < mask.length; i++) if (mask[i] === 0) values[i] = nodata;
          if (kept) for (let i = 0; i < values.length; i++) if (!kept[values[i]!]) values[i] = nodata;
        });
        return block.bands;
      },
      { signal, onProgress: (fraction) => phase("Writing", fraction) },
    );
    const styles = [`${withoutExtension(to)}.qml`, `${withoutExtension(to)}.sld`] as const;
    const title = basename(withoutExtension(to));
    const note = metadata.WARNING ?? "";
    // What stands for certain, as programs see it that apply the scale: 100 per cent, or a probability of 1.
    const ramp = confidenceRamp((100 / percentPerStep(info.dataType)) * (first?.scale ?? 1));
    await writeWhole(styles[0], legend ? classQml(legend, 1, note) : rampQml(ramp, 1, note));
    await writeWhole(styles[1], legend ? classSld(title, legend, 1, note) : rampSld(title, ramp, 1, note));
    return [to, ...styles, `${to}.aux.xml`].filter((path) => existsSync(path));
  } finally {
    source.close();
    if (sieved) await rm(sieved, { force: true });
  }
}

/**
 * The map without its smallest areas, which get the class of their largest neighbour (as gdal_sieve gives it), pixel for pixel on the same grid.
 * The rows go to the disk once; in memory are two of them and a few numbers per area.
 */
async function writeSieved(
  from: string,
  to: string,
  minimumPixels: number,
  { signal, phase }: Pick<JobContext, "signal" | "phase">,
): Promise<void> {
  const raster = await openRaster(from);
  const rows = `${to}.rows`;
  const file = await open(rows, "w+");
  try {
    const geobox = requireGeobox(raster);
    const { width, height } = geobox;
    const strip = Math.max(1, Math.floor(bytesAtOnce / width));
    for (let row = 0; row < height; row += strip) {
      signal.throwIfAborted();
      const window = { col: 0, row, width, height: Math.min(strip, height - row) };
      const { bands } = await raster.readWindow(window, { bands: [1], signal });
      await file.write(Uint8Array.from(bands[0]!), 0, width * window.height, row * width);
      phase("Sieving", (0.3 * row) / height);
    }
    const line = new Uint8Array(width);
    const read = (row: number): Uint8Array => {
      readSync(file.fd, line, 0, width, row * width);
      return line;
    };
    const result = sieve({ width, height, read, nothing: 0 }, minimumPixels, "largest");
    // A row is read again only above the one that is written, so the rows can be replaced where they are.
    const changed = await open(`${rows}.new`, "w+");
    try {
      for (let row = 0; row < height; row++) {
        if (row % 256 === 0) {
          signal.throwIfAborted();
          phase("Sieving", 0.3 + (0.4 * row) / height);
        }
        await changed.write(Uint8Array.from(result(row)), 0, width, row * width);
      }
      const [first] = raster.info.bands;
      await createCog(
        to,
        {
          geobox,
          bandCount: 1,
          dataType: "uint8",
          nodata: 0,
          overviewMethod: "mode",
          metadata: raster.info.metadata,
          bandNames: [first?.name ?? ""],
          ...(first?.categoryNames ? { categoryNames: first.categoryNames } : {}),
          ...(first?.attributeTable ? { attributeTable: first.attributeTable } : {}),
          ...(first?.colorTable ? { colorTable: first.colorTable } : {}),
        },
        async (window) => {
          const values = new Uint8Array(window.width * window.height);
          for (let y = 0; y < window.height; y++)
            readSync(changed.fd, values, y * window.width, window.width, (window.row + y) * width + window.col);
          return [values];
        },
        { signal, onProgress: (fraction) => phase("Sieving", 0.7 + 0.3 * fraction) },
      );
    } finally {
      await changed.close();
      await rm(`${rows}.new`, { force: true });
    }
  } finally {
    raster.close();
    await file.close();
    await rm(rows, { force: true });
  }
}

const bytesAtOnce = 1 << 22;

/** By pixel value: is it written? `undefined` when all are. */
function keptCodes({ codes, legend }: RasterExport): Uint8Array | undefined {
  if (!codes || !legend) return undefined;
  const kept = new Uint8Array(65_536);
  for (const code of codes) kept[code] = 1;
  return kept;
}
