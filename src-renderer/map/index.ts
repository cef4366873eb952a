/** The map's own state, made once. Nothing here imports OpenLayers, so that the rest of the window does not wait for the library. */
import { client } from "../client/index.ts";
import { session } from "../state/index.ts";
import { Bookmarks } from "./bookmarks.svelte.ts";
import { ViewHistory } from "./history.svelte.ts";
import { MapView } from "./map-state.svelte.ts";
import { MapUi } from "./map-ui.svelte.ts";
import { Places } from "./places.svelte.ts";
import { Measure } from "./tools/measure-state.svelte.ts";

export const mapView = new MapView(() => matchMedia("(prefers-reduced-motion: reduce)").matches);
export const mapUi = new MapUi();
export const viewHistory = new ViewHistory();
export const measure = new Measure();
export const bookmarks = new Bookmarks({ client, session });
export const places = new Places({ client, session });
