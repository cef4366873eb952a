/** Styles that other programs read beside our rasters. */
export { classesFromStyle } from "./classes-from-style.ts";
export { classesFromColorTable } from "./color-table.ts";
export { polygonQml, polygonSld } from "./polygons.ts";
export { classQml, rampQml } from "./qml.ts";
export { confidenceRamp, numberRamp } from "./ramp.ts";
export { classSld, rampSld } from "./sld.ts";
