/** Pixels for the eye: map tiles, vector files cut to the view, files of result maps. `pixels/README.md` explains. */

export { answered, answerPixels, expectPixels, type FileBody, type PixelAnswer } from "./answer.ts";
export { mapLayerService } from "./map-layers.ts";
