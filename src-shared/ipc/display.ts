import type { BookmarkRow, LayerRow } from "../domain/display.ts";
import type { Bounds } from "../geo/bounds.ts";

type Nothing = Readonly<Record<string, never>>;

/** How the project is looked at. */
export interface DisplayCommands {
  /** The stored display of layers, the lowest first; a layer without a row has the defaults of its kind. */
  "layers.display"(request: Nothing): Promise<readonly LayerRow[]>;
  /** Changes some of a layer's display; a layer without a row gets one. One step of the history. */
  "layers.setDisplay"(request: {
    readonly layers: readonly {
      readonly id: string;
      readonly position?: number | undefined;
      readonly visible?: boolean | undefined;
      readonly opacity?: number | undefined;
      readonly style?: Readonly<Record<string, unknown>> | undefined;
    }[];
  }): Promise<void>;
  "bookmarks.list"(request: Nothing): Promise<readonly BookmarkRow[]>;
  "bookmarks.add"(request: { readonly name: string; readonly bounds: Bounds }): Promise<{ readonly id: number }>;
  "bookmarks.rename"(request: { readonly id: number; readonly name: string }): Promise<void>;
  "bookmarks.remove"(request: { readonly id: number }): Promise<void>;
  /** Where the person was; `null` when nothing is kept under the key. Not part of the history. */
  "view.get"(request: { readonly key: string }): Promise<unknown>;
  "view.put"(request: { readonly key: string; readonly value: unknown }): Promise<void>;
}
