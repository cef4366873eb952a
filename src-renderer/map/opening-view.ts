import { type Bounds, union } from "../../src-shared/geo/bounds.ts";

interface Place {
  readonly bounds: Bounds;
}

const side = ({ minX, minY, maxX, maxY }: Bounds): number => Math.max(maxX - minX, maxY - minY);
const middle = ({ minX, minY, maxX, maxY }: Bounds) => [(minX + maxX) / 2, (minY + maxY) / 2] as const;

/** Below this part of the view's longer side (some 40 pixels) a place is a dot. */
const dot = 1 / 20;

/**
 * What a project that nobody has looked at yet shows first: all of its images, or, where these would be dots far apart,
 * the first place. `null`: its whole box is as good.
 */
export function openingView(box: Bounds, places: readonly Place[]): Bounds | null {
  const [first, ...others] = places;
  if (!first) return null;
  const extent = others.reduce((all, { bounds }) => union(all, bounds), first.bounds);
  if (Math.max(...places.map(({ bounds }) => side(bounds))) < dot * side(extent)) return first.bounds;
  return side(extent) < side(box) / 2 ? extent : null;
}

/**
 * The place to fly to from a view, `by` places on. From a view of several places or of none it is the one nearest to its
 * middle, so that the view moves as little as possible.
 */
export function placeFrom<P extends Place>(view: Bounds, places: readonly P[], by: 1 | -1): P | undefined {
  const [x, y] = middle(view);
  const far = (place: P) => {
    const [px, py] = middle(place.bounds);
    return Math.hypot(px - x, py - y);
  };
  const inView = places.filter(
    ({ bounds }) =>
      bounds.minX < view.maxX && bounds.maxX > view.minX && bounds.minY < view.maxY && bounds.maxY > view.minY,
  );
  const only = inView.length === 1 ? places.indexOf(inView[0]!) : -1;
  if (only >= 0) return places[(only + by + places.length) % places.length];
  const candidates = inView.length > 0 ? inView : places;
  return candidates.reduce<P | undefined>((best, place) => (best && far(best) <= far(place) ? best : place), undefined);
}
