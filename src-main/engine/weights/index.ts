export { readSafetensors, type WeightsEntry, type WeightsFile, weightsCheck, writeSafetensors } from "./safetensors.ts";
