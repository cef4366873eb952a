/** Methods that learn from tables in seconds. In learning order; README.md explains the room. */

export { type Classifier, classify, type Learned, type Method, teachMethod } from "./classifier.ts";
export { arraysOf, classifierOf } from "./stored.ts";
export { checkTable, type LabelledTable, type Table } from "./table.ts";
