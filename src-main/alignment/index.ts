/** Images of one place: how far they are displaced against each other. README.md says how it is measured and when it is refused. */
export { measureShift } from "./measure-shift.ts";
export { patchOf } from "./patch.ts";
export { bandToCompare, edgesBetween, measureSeries, resolutionIn } from "./series.ts";
