export * from "./acquisition.ts";
export * from "./dates.ts";
export * from "./indices.ts";
export * from "./masks.ts";
export * from "./modality.ts";
export * from "./products.ts";
export * from "./sensors.ts";
