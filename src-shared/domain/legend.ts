/** One class of a map: the number in the pixel, the word in the legend, the colour on screen. */
export interface LegendClass {
  /** 1–254; 0 and 255 are kept for “nothing here” */
  readonly code: number;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  /** the class of the upper level it belongs to, in legends of two levels */
  readonly parent?: string;
  /** the value in the source that became this class, when it is not the code itself: “1110”, “s1110000010”; several after commas */
  readonly source?: string;
}

/** Do the classes have codes of a source that are not their numbers here? Then tables show them. */
export const hasSourceCodes = (classes: readonly { readonly code: number; readonly source?: string }[]): boolean =>
  classes.some(({ code, source }) => source !== undefined && source !== String(code));

/** `#1a2b3c` → [26, 43, 60]. Anything else throws. */
export function rgbOf(color: string): readonly [red: number, green: number, blue: number] {
  if (!/^#[0-9a-f]{6}$/i.test(color)) throw new Error(`Color "${color}" is not #rrggbb`);
  const channel = (at: number): number => Number.parseInt(color.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

/** Distinct, calm colours for classes that came without one; they repeat after twelve. */
const palette = [
  "#4e79a7",
  "#f28e2b",
  "#59a14f",
  "#e15759",
  "#edc948",
  "#76b7b2",
  "#b07aa1",
  "#9c755f",
  "#ff9da7",
  "#1b6ca8",
  "#86bc25",
  "#7f7f7f",
] as const;

/** The colour of the n-th class when the source names none. */
export function defaultColor(index: number): string {
  return palette[index % palette.length]!;
}
