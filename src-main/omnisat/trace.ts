import type { Value } from "../engine/index.ts";

/** Called with values on the way, under the names of the reference's `internal.*` tensors. */
export type Trace = (name: string, value: Value) => void;
