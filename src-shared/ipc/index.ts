/** The contract between a window and the program: commands, announcements, pixels, errors. */

export type * from "./alignment.ts";
export type * from "./app.ts";
export type * from "./areas.ts";
export type { Bridge } from "./bridge.ts";
export type * from "./contract.ts";
export type * from "./display.ts";
export type * from "./edits.ts";
export { type ErrorMessage, errorFrom } from "./errors.ts";
export type * from "./exports.ts";
export type * from "./inspect.ts";
export type * from "./instant.ts";
export type * from "./jobs.ts";
export type * from "./labels.ts";
export type * from "./layers.ts";
export type * from "./legends.ts";
export type * from "./map-layers.ts";
export type * from "./maps.ts";
export type * from "./modalities.ts";
export type * from "./models.ts";
export type * from "./numbers.ts";
export type * from "./project.ts";
export type { MaskGiven, RadiometryGiven, Repair } from "./radiometry.ts";
export type * from "./rasters.ts";
export type * from "./runs.ts";
export type * from "./similar.ts";
export type * from "./tiles.ts";
export type { FromHost } from "./wire.ts";
