import type { BandInfo } from "../../raster/index.ts";

/** How a class of a raster looks, as far as the file says it. */
export interface ClassLook {
  readonly name?: string;
  /** `#rrggbb` */
  readonly color?: string;
}

/** Names and colours that a band gives to its values: its attribute table first, then category names and palette. */
export function looksOf(band: BandInfo): (value: number) => ClassLook {
  const table = new Map((band.attributeTable ?? []).map((row) => [row.value, row]));
  return (value) => {
    const name = table.get(value)?.name?.trim() || band.categoryNames?.[value]?.trim();
    const color = table.get(value)?.color ?? hexOf(band.colorTable?.[value]);
    return { ...(name ? { name } : {}), ...(color ? { color } : {}) };
  };
}

/**
 * The classes that a band declares, whether any pixel has them or not: those with a name, or where none has one, those of the palette.
 * A palette is filled up with black, so black alone is no class.
 */
export function declaredClasses(band: BandInfo): (ClassLook & { readonly value: number })[] {
  const lookOf = looksOf(band);
  const rows = band.attributeTable?.map(({ value }) => value) ?? [];
  const values = [...new Set([...rows, ...(band.categoryNames ?? []).keys()])].sort((p, q) => p - q);
  const called = values.map((value) => ({ value, ...lookOf(value) })).filter(({ name }) => name !== undefined);
  if (called.length > 0) return called;
  return [...(band.colorTable ?? []).keys()]
    .map((value) => ({ value, ...lookOf(value) }))
    .filter(({ color }) => color !== undefined && color !== "#000000");
}

function hexOf(color: readonly [number, number, number, number] | undefined): string | undefined {
  if (!color || color[3] === 0) return undefined;
  const [red, green, blue] = color.map((part) => part.toString(16).padStart(2, "0"));
  return `#${red}${green}${blue}`;
}
