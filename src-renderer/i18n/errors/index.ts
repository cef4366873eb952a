import type { ErrorCode } from "../../../src-shared/errors/index.ts";
import { frenchImagery } from "./french-imagery.ts";
import { frenchLabels } from "./french-labels.ts";
import { frenchLearning } from "./french-learning.ts";
import { frenchNumbers } from "./french-numbers.ts";
import { frenchProject } from "./french-project.ts";
import type { Sentences } from "./words.ts";

export { english } from "./english.ts";

/** Every error a person can meet, in French. A code without a sentence does not compile. */
export const french: Sentences<ErrorCode> = {
  ...frenchImagery,
  ...frenchLabels,
  ...frenchProject,
  ...frenchLearning,
  ...frenchNumbers,
};
