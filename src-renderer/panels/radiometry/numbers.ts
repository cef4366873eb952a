// Numbers as people type them: with a comma or a point, lists with ranges.

/**
 * A number, with a point or a comma before its decimals; `undefined` for anything else, and for `10,000`, which may be ten
 * thousand or ten.
 */
export function numberOf(text: string): number | undefined {
  if (/^\s*[+−-]?[1-9]\d{0,2}(,\d{3})+\s*$/.test(text)) return undefined;
  const plain = text.trim().replace("−", "-").replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** Whole numbers between commas, with ranges: `0, 4-7`. `undefined` when something else is typed, nothing, or more than `most`. */
export function wholesOf(
  text: string,
  { least, greatest, most = 1000 }: { readonly least: number; readonly greatest: number; readonly most?: number },
): number[] | undefined {
  const found = new Set<number>();
  for (const part of text.split(/[,;]/)) {
    if (part.trim() === "") continue;
    const match = /^\s*(-?\d+)(?:\s*[-‑–…]\s*(-?\d+))?\s*$/.exec(part.replace("−", "-"));
    if (!match) return undefined;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (first < least || last > greatest || last < first || last - first >= most) return undefined;
    for (let value = first; value <= last; value++) found.add(value);
    if (found.size > most) return undefined;
  }
  return found.size > 0 ? [...found].sort((p, q) => p - q) : undefined;
}

/** The same list written short: three or more neighbours become a range. */
export function wholesText(values: readonly number[]): string {
  const sorted = [...new Set(values)].sort((p, q) => p - q);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[end]! + 1) end++;
    if (end - at >= 2) parts.push(`${sorted[at]}-${sorted[end]}`);
    else for (let n = at; n <= end; n++) parts.push(String(sorted[n]));
    at = end + 1;
  }
  return parts.join(", ");
}

/** Values that a mask may have, and bits. */
export const maskValues = { least: -32_768, greatest: 4_294_967_295 };
export const maskBits = { least: 0, greatest: 31, most: 32 };
