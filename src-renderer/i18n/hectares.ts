import * as format from "./format.ts";

/** Areas of labels stand in columns: hectares all of them, except what would be none. */
export function inHectares(value: number | null): string {
  if (value === null) return "";
  if (value > 0 && value < 0.005) return format.area(value * 10_000);
  return `${format.number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}\u202fha`;
}
