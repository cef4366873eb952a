import type OlMap from "ol/Map.js";
import type MapBrowserEvent from "ol/MapBrowserEvent.js";
import type { Client } from "../../client/index.ts";
import type { LabelDrawing } from "../../state/label-drawing.svelte.ts";
import type { Labels } from "../../state/labels.svelte.ts";
import type { Selection } from "../../state/selection.svelte.ts";
import type { LabelLayer } from "../layers/labels.ts";
import type { LonLatTransform } from "../projection.ts";
import type { AreaRequest } from "./choose-area.ts";
import type { Mode, Need, NeedOf } from "./modes.ts";
import type { Keys } from "./tool-keys.ts";

export type OnMap = MapBrowserEvent<PointerEvent | KeyboardEvent | WheelEvent>;

/** What is lent to tools. */
export interface Lendings extends Record<Need, unknown> {
  readonly labels: LabelLayer;
  readonly area: AreaRequest;
}

/** What tools for labels read and change. */
export interface Labelling {
  readonly client: Pick<Client, "invoke">;
  readonly labels: Labels;
  readonly labelDrawing: LabelDrawing;
  readonly selection: Selection;
}

/** What every tool gets. */
export interface Ground {
  readonly labelling: Labelling;
  readonly map: OlMap;
  readonly lonLat: LonLatTransform;
}

/** A tool at work: what it does with keys and the pointer, and how it ends. Interactions of OpenLayers it adds by itself. */
export interface ToolAtWork {
  /** they go before the window's shortcuts */
  readonly keys?: Keys;
  readonly click?: (event: OnMap) => void;
  /** the pointer moves without a button */
  readonly move?: (event: OnMap) => void;
  /** the pointer leaves the map */
  readonly leave?: () => void;
  /** the right button or the menu key; `true` when no menu is wanted */
  readonly menu?: () => boolean;
  stop(): void;
}

/** Begins a mode; it gets what the mode's facts say it needs, and nothing else. */
export type ToolHandler<M extends Mode> = (at: Ground & Pick<Lendings, NeedOf<M>>) => ToolAtWork;

/** One handler for every mode. */
export type ToolHandlers = { readonly [M in Mode]: ToolHandler<M> };
