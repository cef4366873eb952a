import type { Legend } from "../domain/label.ts";
import type { LegendClass } from "../domain/legend.ts";

type Nothing = Readonly<Record<string, never>>;

/** A class of a ready legend, in both languages. */
export interface ReadyClass {
  readonly code: number;
  readonly name: { readonly en: string; readonly fr: string };
  readonly color: string;
  readonly parent?: { readonly en: string; readonly fr: string };
  /** the code in its own nomenclature, where that is no byte */
  readonly official?: string;
}

export interface ReadyLegend {
  readonly id: string;
  readonly name: { readonly en: string; readonly fr: string };
  readonly about: { readonly en: string; readonly fr: string };
  readonly classes: readonly ReadyClass[];
}

/** Names, colours and codes of classes. Every change is one step of the history. */
export interface LegendCommands {
  "legends.list"(request: Nothing): Promise<{
    /** the one that is drawn with, counted and trained */
    readonly active: number | null;
    readonly legends: readonly (Legend & { readonly labels: number })[];
  }>;
  "legends.ready"(request: Nothing): Promise<readonly ReadyLegend[]>;
  "legends.activate"(request: { readonly id: number }): Promise<void>;
  "legends.create"(request: {
    readonly name: string;
    readonly classes?: readonly LegendClass[] | undefined;
  }): Promise<{ readonly id: number }>;
  "legends.rename"(request: { readonly id: number; readonly name: string }): Promise<void>;
  /** With its labels. */
  "legends.remove"(request: { readonly id: number }): Promise<void>;
  "legends.addClass"(request: {
    readonly id: number;
    readonly name: string;
    readonly color?: string | undefined;
    readonly code?: number | undefined;
    readonly parent?: string | undefined;
  }): Promise<{ readonly code: number }>;
  /** `code` is the class as it is; another `newCode` moves its labels along; an empty `parent` or `source` takes it away. */
  "legends.updateClass"(request: {
    readonly id: number;
    readonly code: number;
    readonly newCode?: number | undefined;
    readonly name?: string | undefined;
    readonly color?: string | undefined;
    readonly parent?: string | undefined;
    readonly source?: string | undefined;
  }): Promise<void>;
  /** A class with labels needs a class to move them to. */
  "legends.removeClass"(request: {
    readonly id: number;
    readonly code: number;
    readonly moveTo?: number | undefined;
  }): Promise<void>;
  /** Colours of all classes at once, from a palette. */
  "legends.recolor"(request: {
    readonly id: number;
    readonly colors: readonly { readonly code: number; readonly color: string }[];
  }): Promise<void>;
  /** Classes of a CSV, JSON, QML or SLD file, a table of colours or a class raster, as a new legend or added to one. */
  "legends.import"(request: {
    readonly path: string;
    readonly into?: number | undefined;
  }): Promise<{ readonly id: number; readonly classes: number }>;
  /** The ending of the path says the format: .csv, .json, .qml or .sld. */
  "legends.export"(request: { readonly id: number; readonly path: string }): Promise<void>;
}
