import type { ComparedPatches, GrownRegion } from "../../features/index.ts";

type Patch = readonly [col: number, row: number];

/** Questions to the threads that compare patches, and their answers. */
export interface SimilarTasks {
  /** Reads the blocks of one of `parts`, in equal shares; `null`: there is no whole layer in these folders. */
  readonly open: {
    readonly input: {
      readonly folders: readonly string[];
      readonly part: number;
      readonly parts: number;
      /** bytes of all parts */
      readonly most: number;
    };
    readonly output: ComparedPatches | null;
  };
  /** Writes the scores of the part's blocks to their place in `scores`; gives how many have one, and the clicks where nothing is seen. */
  readonly score: {
    readonly input: { readonly like: readonly Patch[]; readonly unlike: readonly Patch[]; readonly scores: Int16Array };
    readonly output: { readonly scored: number; readonly outside: number; readonly nothing: boolean };
  };
  readonly grow: {
    readonly input: { readonly at: Patch; readonly reach: number; readonly most: number };
    readonly output: GrownRegion | null;
  };
}
export type SimilarTask = keyof SimilarTasks;
