/** Methods that learn from tables in seconds. In learning order; README.md explains the room. */

export { type Classifier, classify, teachMethod } from "./classifier.ts";
export { fitLogisticRegression, type LogisticRegression, predictLogisticRegression } from "./logistic-regression.ts";
export { arraysOf, classifierOf } from "./stored.ts";
export type { LabelledTable, Table } from "./table.ts";
export { timeMethod } from "./time.ts";
