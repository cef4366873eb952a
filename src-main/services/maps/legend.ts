import { statSync } from "node:fs";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { cacheOf } from "../../files/index.ts";
import { openRaster } from "../../raster/index.ts";

const kept = cacheOf<readonly LegendClass[]>(200);

/** The classes of a class raster, from its category names and its colour table. Read once per state of the file. */
export async function legendOfFile(path: string): Promise<readonly LegendClass[]> {
  const { size, mtimeMs } = statSync(path);
  const key = `${path}|${size}|${mtimeMs}`;
  const known = kept.get(key);
  if (known) return known;
  const raster = await openRaster(path);
  try {
    const { categoryNames = [], colorTable = [], attributeTable = [] } = raster.info.bands[0] ?? {};
    const legend = colorTable.flatMap(([red, green, blue, alpha], code): LegendClass[] => {
      // A TIFF's colour table is full and knows no alpha: with names, what has none is no class.
      const name = categoryNames[code] ?? "";
      if (code === 0 || alpha === 0 || (categoryNames.length > 0 && name === "")) return [];
      if (categoryNames.length === 0 && red + green + blue === 0) return [];
      const color = `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
      const source = attributeTable.find(({ value }) => value === code)?.source;
      return [{ code, name: name || `Class ${code}`, color, ...(source === undefined ? {} : { source }) }];
    });
    kept.set(key, legend);
    return legend;
  } finally {
    raster.close();
  }
}
