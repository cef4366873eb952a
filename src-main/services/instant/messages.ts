import type { LabelInput, ProjectGrid } from "../../../src-shared/domain/job.ts";
import type { TileAddress } from "../../../src-shared/geo/tile-grid.ts";
import type { InstantLayer } from "../../features/index.ts";

/** What came of labels in the thread. */
export interface Taught {
  readonly kind: "nothing" | "similarity" | "classes";
  readonly rows: number;
  readonly labels: number;
  readonly outside: number;
  readonly patches: Readonly<Record<number, number>>;
  readonly milliseconds: number;
}

/** Questions to the thread of the instant map, and their answers. */
export interface InstantTasks {
  /** `false`: there is no whole layer in these folders */
  readonly open: {
    readonly input: { readonly folders: readonly string[]; readonly grid: ProjectGrid };
    readonly output: boolean;
  };
  readonly learn: { readonly input: { readonly labels: LabelInput | null }; readonly output: Taught };
  readonly tile: {
    readonly input: { readonly address: TileAddress; readonly what: InstantLayer };
    readonly output: { readonly samples: Uint8Array; readonly mask: Uint8Array } | null;
  };
}
export type InstantTask = keyof InstantTasks;
