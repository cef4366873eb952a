import { statSync } from "node:fs";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { cacheOf } from "../../files/index.ts";
import { openRaster } from "../../raster/index.ts";
import { declaredClasses } from "../../vector/index.ts";

const kept = cacheOf<readonly LegendClass[]>(200);

/** The classes of a class raster, from its category names and its colour table. Read once per state of the file. */
export async function legendOfFile(path: string): Promise<readonly LegendClass[]> {
  const { size, mtimeMs } = statSync(path);
  const key = `${path}|${size}|${mtimeMs}`;
  const known = kept.get(key);
  if (known) return known;
  const raster = await openRaster(path);
  try {
    const [band] = raster.info.bands;
    const legend = (band ? declaredClasses(band) : []).flatMap(({ value: code, name, color }): LegendClass[] => {
      if (code === 0 || color === undefined) return [];
      const source = band?.attributeTable?.find(({ value }) => value === code)?.source;
      return [{ code, name: name ?? `Class ${code}`, color, ...(source === undefined ? {} : { source }) }];
    });
    kept.set(key, legend);
    return legend;
  } finally {
    raster.close();
  }
}
