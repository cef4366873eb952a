import type { PlainKey } from "../../i18n/index.ts";

/** Kinds of shapes that make a label, as they are stored with it. */
export type DrawnShape = "point" | "polygon" | "rectangle" | "freehand";

/** What a tool works with beside the map. Parts of the window provide it while they are there (`mapView.lend`). */
export type Need = "labels" | "area";

/** What the window says of a mode without asking the map: nothing here imports OpenLayers. */
export interface ModeFacts {
  readonly family: "view" | "inspect" | "similar" | "measure" | "area" | "labels";
  /** a CSS cursor */
  readonly cursor: string;
  /** what to do first, said on the map while the mode is on; `null` where a panel or a notice says it */
  readonly hint: PlainKey | null;
  /** the mode begins when all of it is lent */
  readonly needs: readonly Need[];
  /** what a measuring mode measures */
  readonly measures?: "length" | "area";
  /** the shape that becomes a label of the class in hand */
  readonly draws?: DrawnShape;
}

const label = { family: "labels", needs: ["labels"] } as const;
const drawing = { ...label, cursor: "crosshair" } as const;
const choosing = { family: "area", cursor: "crosshair", hint: null, needs: ["area"] } as const;

/** Every mode of the map. A mode that is added here does not compile until `handlers.ts` has its handler. */
export const modes = {
  pan: { family: "view", cursor: "grab", hint: null, needs: [] },
  inspect: { family: "inspect", cursor: "crosshair", hint: null, needs: [] },
  "inspect-area": { family: "inspect", cursor: "crosshair", hint: null, needs: [] },
  similar: { family: "similar", cursor: "crosshair", hint: null, needs: [] },
  "measure-length": {
    family: "measure",
    cursor: "crosshair",
    hint: "map.measure.start",
    needs: [],
    measures: "length",
  },
  "measure-area": { family: "measure", cursor: "crosshair", hint: "map.measure.start", needs: [], measures: "area" },
  "choose-rectangle": choosing,
  "choose-polygon": choosing,
  "labels.select": { ...label, cursor: "default", hint: "labels.hint.select" },
  "labels.point": { ...drawing, hint: "labels.hint.point", draws: "point" },
  "labels.polygon": { ...drawing, hint: "labels.hint.polygon", draws: "polygon" },
  "labels.rectangle": { ...drawing, hint: "labels.hint.rectangle", draws: "rectangle" },
  "labels.freehand": { ...drawing, hint: "labels.hint.freehand", draws: "freehand" },
  "labels.outline": { ...drawing, hint: "outline.hint", draws: "polygon" },
  "labels.vertices": { ...label, cursor: "default", hint: "labels.hint.vertices" },
  "labels.move": { ...label, cursor: "move", hint: "labels.hint.move" },
  "labels.divide": { ...drawing, hint: "labels.hint.divide" },
  "labels.cut": { ...drawing, hint: "labels.hint.cut" },
} as const satisfies Readonly<Record<string, ModeFacts>>;

/** What a click, a drag and a key on the map mean: one mode at a time. */
export type Mode = keyof typeof modes;

type OfFamily<Family extends ModeFacts["family"], M extends Mode = Mode> = M extends Mode
  ? (typeof modes)[M]["family"] extends Family
    ? M
    : never
  : never;
export type LabelMode = OfFamily<"labels">;

/** What a mode needs, by its name. */
export type NeedOf<M extends Mode> = (typeof modes)[M]["needs"][number];

export const factsOf = (mode: Mode): ModeFacts => modes[mode];
