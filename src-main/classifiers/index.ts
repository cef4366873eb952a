/** Methods that learn from tables in seconds. In learning order; README.md explains the room. */

export { type Classifier, classify, type Method, teachMethod } from "./classifier.ts";
export { arraysOf, classifierOf } from "./stored.ts";
export { checkTable, type LabelledTable } from "./table.ts";
