/** Pixels for display: map tiles, vector files cut to the view, exported files. `pixels/README.md` explains. */

export { answerPixels, expectPixels, type PixelAnswer } from "./answer.ts";
export { mapLayerService } from "./map-layers.ts";
