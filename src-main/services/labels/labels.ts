import type { LabelCommands } from "../../../src-shared/ipc/labels.ts";
import type { Deps } from "../deps.ts";
import { labelEdits } from "./edit.ts";
import { labelImports } from "./import.ts";
import { labelLists } from "./lists.ts";
import { labelSplits } from "./split.ts";

/** Polygons with classes, and which of them train, validate and test. */
export function labelService(deps: Deps): LabelCommands {
  return { ...labelImports(deps), ...labelLists(deps), ...labelEdits(deps), ...labelSplits(deps) };
}

export { describeImport } from "../../vector/index.ts";
export { mappedName, readClassTable } from "./classes.ts";
export { isInSeason, labelInput, labelPolygons, labelsInParts, presentLabels, seasonOf } from "./input.ts";
export { wouldTeach } from "./joining.ts";
