import type { Range } from "../../src-shared/domain/training.ts";
import type { Cube, PatchSet } from "../cube/index.ts";

/** Node.js, the runtime and the threads that read images, before anything is computed (measured on 2 cores). */
export const processBytes = (threads: number): Range => ({
  low: (240 + 80 * threads) * 1e6,
  high: (380 + 100 * threads) * 1e6,
});

/** Of the area's imagery, warped: what the cube would keep if it could keep all. Each date counts where it has images. */
export async function bytesOfPixels(cube: Cube, all: PatchSet): Promise<number> {
  const { modalities } = cube.spec;
  const area = all.bounds!;
  const sums = modalities.map(async ({ name, bands, patchPixels }) => {
    const patches = await cube.patchesRead(name, area);
    return patches * patchPixels ** 2 * (4 * bands.length + 1);
  });
  return (await Promise.all(sums)).reduce((sum, bytes) => sum + bytes, 0);
}
