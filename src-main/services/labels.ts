import type { LabelCommands } from "../../src-shared/ipc/labels.ts";
import type { Deps } from "./deps.ts";
import { labelEdits } from "./labels-edit.ts";
import { labelImports } from "./labels-import.ts";
import { labelLists } from "./labels-lists.ts";
import { labelSplits } from "./labels-split.ts";

/** Polygons with classes, and who learns and who tests. */
export function labelService(deps: Deps): LabelCommands {
  return { ...labelImports(deps), ...labelLists(deps), ...labelEdits(deps), ...labelSplits(deps) };
}

export { describeImport } from "../vector/index.ts";
export { mappedName, readClassTable } from "./labels-classes.ts";
export { labelInput } from "./labels-input.ts";
