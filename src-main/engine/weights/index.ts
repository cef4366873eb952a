export { readSafetensors, type WeightsFile, writeSafetensors } from "./safetensors.ts";
