import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { RasterExport } from "../../../src-shared/domain/job.ts";
import { percentPerStep } from "../../../src-shared/domain/stored-shares.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { type GeoBox, geoboxOfWindow, windowCovering } from "../../../src-shared/geo/geobox.ts";
import { clip } from "../../../src-shared/geo/window.ts";
import { writeWhole } from "../../files/index.ts";
import { createCog, openRaster, requireGeobox, suggestGeobox, tileOf, warp } from "../../raster/index.ts";
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
  { signal, phase }: JobContext,
): Promise<readonly string[]> {
  const source = await openRaster(task.from);
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
  }
}

/** By pixel value: is it written? `undefined` when all are. */
function keptCodes({ codes, legend }: RasterExport): Uint8Array | undefined {
  if (!codes || !legend) return undefined;
  const kept = new Uint8Array(65_536);
  for (const code of codes) kept[code] = 1;
  return kept;
}
