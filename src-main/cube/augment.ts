/** The eight ways to turn and flip a square, done alike to everything that shows the same place. */
import type { Random } from "../files/index.ts";

/** First the flip across the diagonal, then left–right, then top–bottom: all eight symmetries of the square. */
export interface Orientation {
  readonly transpose: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
}

export const upright: Orientation = { transpose: false, flipX: false, flipY: false };

export const orientations: readonly Orientation[] = [false, true].flatMap((transpose) =>
  [false, true].flatMap((flipX) => [false, true].map((flipY) => ({ transpose, flipX, flipY }))),
);

/** Squares take all eight; other rectangles only those that keep their shape. */
export function randomOrientation(random: Random, square: boolean): Orientation {
  const pick = orientations[Math.floor(random() * orientations.length)]!;
  return square ? pick : { ...pick, transpose: false };
}

type Pixels = Float32Array | Uint8Array | Int32Array | Int16Array;

/** `planes` is any number of images of `height` × `width`, one behind the other. */
export function orient<A extends Pixels>(planes: A, height: number, width: number, orientation: Orientation): A {
  const { transpose, flipX, flipY } = orientation;
  if (!transpose && !flipX && !flipY) return planes;
  const [newHeight, newWidth] = transpose ? [width, height] : [height, width];
  const result = planes.slice() as A;
  const pixels = height * width;
  for (let start = 0; start < planes.length; start += pixels) {
    for (let row = 0; row < newHeight; row++) {
      const y = flipY ? newHeight - 1 - row : row;
      for (let col = 0; col < newWidth; col++) {
        const x = flipX ? newWidth - 1 - col : col;
        result[start + row * newWidth + col] = planes[start + (transpose ? x * width + y : y * width + x)]!;
      }
    }
  }
  return result;
}

/** Which of `count` dates stay when each is dropped with `probability`; never fewer than `least`. */
export function keepDates(count: number, probability: number, random: Random, least = 1): number[] {
  const drawn = Array.from({ length: count }, (_, index) => ({ index, keep: random() >= probability, rank: random() }));
  const kept = drawn.filter(({ keep }) => keep);
  const spare = drawn.filter(({ keep }) => !keep).sort((p, q) => p.rank - q.rank);
  const all = [...kept, ...spare.slice(0, Math.max(0, Math.min(least, count) - kept.length))];
  return all.map(({ index }) => index).sort((p, q) => p - q);
}

/** A whole number in [−most, most]: a season earlier or later by some days, the same for every series of a sample. */
export function jitterDays(most: number, random: Random): number {
  return most === 0 ? 0 : Math.floor(random() * (2 * most + 1)) - most;
}
