// Prints every system of the offline list with the PROJ text that is computed with: for make-far-shifts.py.
import { definitionOf } from "../crs.ts";
import { everyListRow } from "../epsg-list.ts";

for (const { code, kind, bbox } of everyListRow()) {
  if ((kind !== "CRS-PROJCRS" && kind !== "CRS-GEOGCRS") || Number(code) > 32767) continue;
  try {
    console.log(JSON.stringify({ code: Number(code), bbox, definition: definitionOf(`EPSG:${code}`) }));
  } catch {
    // refused with a sentence of its own
  }
}
