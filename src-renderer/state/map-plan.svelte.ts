import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { ProjectSession } from "./session.svelte.ts";

export type AreaKind = "project" | "view" | "rectangle" | "polygon" | `bookmark:${number}`;

export interface PlacedArea {
  readonly bounds: Bounds;
  readonly outline: readonly (readonly (readonly [x: number, y: number])[])[] | null;
}

/** The form of a new map: it stays as it was typed while the person looks elsewhere. */
export class MapPlan {
  model = $state("");
  /** `null`: all that the model and the project have */
  modalities = $state.raw<readonly string[] | null>(null);
  area = $state<AreaKind>("project");
  drawn = $state.raw<PlacedArea | null>(null);
  name = $state("");
  probabilities = $state(false);
  /** of several separate places: files for each */
  perPlace = $state(false);
  /** promised share of labels whose class is among the possible ones, per cent */
  level = $state<"80" | "90" | "95" | "99">("90");
  overlap = $state<number | null>(null);
  /** whose mean and spread values are centred and scaled by */
  normalization = $state<"model" | "place">("model");
  /** the year that stands for the model's first one; `null`: the one that fits most dates */
  season = $state<number | null>(null);
  shiftDays = $state<number | null>(null);
  batch = $state<number | null>(4);
  provider = $state<"auto" | "cpu" | "webgpu" | "cuda">("auto");

  constructor(session: ProjectSession) {
    // Places, models and modalities are those of one project.
    $effect.root(() => {
      $effect(() => {
        void session.folder;
        this.forget();
        this.model = "";
        this.modalities = null;
      });
    });
  }

  toggle(name: string, offered: readonly string[], on: boolean): void {
    const now = this.modalities ?? offered;
    this.modalities = offered.filter((each) => (each === name ? on : now.includes(each)));
  }

  forget(): void {
    this.name = "";
    this.drawn = null;
    this.area = "project";
    this.normalization = "model";
    this.season = null;
    this.shiftDays = null;
  }
}
