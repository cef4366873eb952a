import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { type GrownRegion, proposedSize } from "../../features/index.ts";
import { polygonize } from "../../vector/index.ts";

/** Holes of fewer patches are filled, and of less than this share of the region: a label is an outline, not a sieve. */
const holes = { patches: 4, share: 0.05 } as const;
/** Corners of patches are cut so often. */
const smoothing = 2;

/** How many patches a region has that grew so far: each tenth of the way takes the same number of times more. */
const sizeOf = ({ order }: GrownRegion, grow: number): number =>
  Math.max(1, Math.round(order.length ** Math.min(1, Math.max(0, grow))));

const growOf = ({ order }: GrownRegion, size: number): number =>
  order.length > 1 ? Math.log(size) / Math.log(order.length) : 1;

/** The outline of the first patches of a region: how far as the person says, or as far as is proposed. */
export function outlineOf(region: GrownRegion, geobox: GeoBox, wanted: number | undefined) {
  const { width, height, order } = region;
  const size = wanted === undefined ? proposedSize(region) : sizeOf(region, wanted);
  const inside = new Uint8Array(width * height);
  for (let i = 0; i < size; i++) inside[order[i]!] = 1;
  fillHoles(inside, width, Math.max(holes.patches, Math.floor(holes.share * size)));
  const [polygon] = polygonize((row) => inside.subarray(row * width, (row + 1) * width), geobox, {
    skip: [0],
    smoothing,
  });
  return {
    coordinates: polygon!.geometry.coordinates,
    patches: polygon!.pixels,
    grow: wanted ?? growOf(region, size),
  };
}

/** Patches outside that cannot reach the edge of the window, and are no more than `most` together, come inside. */
function fillHoles(inside: Uint8Array, width: number, most: number): void {
  const known = inside.slice();
  for (let start = 0; start < known.length; start++) {
    if (known[start] === 1) continue;
    const hole = [start];
    known[start] = 1;
    let open = false;
    for (let i = 0; i < hole.length; i++) {
      const at = hole[i]!;
      const x = at % width;
      if (x === 0 || x === width - 1 || at < width || at >= known.length - width) open = true;
      for (const by of [-width, width, x > 0 ? -1 : 0, x < width - 1 ? 1 : 0]) {
        const beside = at + by;
        if (beside < 0 || beside >= known.length || known[beside] === 1) continue;
        known[beside] = 1;
        hole.push(beside);
      }
    }
    if (!open && hole.length <= most) for (const at of hole) inside[at] = 1;
  }
}
