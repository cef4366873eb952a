// Corrections of formulas that are not exact enough in proj4, installed before the first transform.
import proj4 from "proj4";

interface Point {
  x: number;
  y: number;
  z?: number;
}
interface Projection {
  readonly names: readonly string[];
  forward(this: unknown, point: Point): Point;
  inverse(this: unknown, point: Point): Point;
}
// biome-ignore lint/suspicious/noExplicitAny: proj4 does not declare its registry of projections.
const projections = (proj4 as any).Proj.projections as {
  get(name: string): Projection;
  add(projection: Projection): void;
};

interface Cassini {
  readonly sphere?: boolean;
  readonly a: number;
  readonly es: number;
  readonly x0: number;
  readonly long0: number;
}

const cassini = projections.get("cass");

/** The easting of EPSG's guidance note 7-2 (§3.2.2, method 9806); proj4 has the sign of its last term wrong: 13 cm at 3.5°. */
function forward(this: unknown, { x: lon, y: lat }: Point): Point {
  const system = this as Cassini;
  const { y, x } = cassini.forward.call(this, { x: lon, y: lat });
  if (system.sphere) return { x, y };
  const turn = 2 * Math.PI;
  const away = lon - system.long0 - turn * Math.round((lon - system.long0) / turn);
  // The series diverges a quarter of the way around the Earth.
  if (Math.abs(away) > Math.PI / 2) return { x: Number.NaN, y: Number.NaN };
  const [sin, cos] = [Math.sin(lat), Math.cos(lat)];
  const t = Math.tan(lat) ** 2;
  const c = (system.es * cos * cos) / (1 - system.es);
  const a = away * cos;
  const nu = system.a / Math.sqrt(1 - system.es * sin * sin);
  return { x: system.x0 + nu * a * (1 - a * a * t * (1 / 6 + ((8 - t + 8 * c) * a * a) / 120)), y };
}

/** Its inverse is a series too, off by centimetres: PROJ steps towards the point whose forward projection is the given one. */
function inverse(this: unknown, { x, y }: Point): Point {
  const found = cassini.inverse.call(this, { x, y });
  const h = 1e-7;
  for (let step = 0; step < 8; step++) {
    const at = forward.call(this, { x: found.x, y: found.y });
    const east = forward.call(this, { x: found.x + h, y: found.y });
    const north = forward.call(this, { x: found.x, y: found.y + h });
    const [a, b, c, d] = [
      (east.x - at.x) / h,
      (north.x - at.x) / h,
      (east.y - at.y) / h,
      (north.y - at.y) / h,
    ] as const;
    const [dx, dy] = [x - at.x, y - at.y];
    const determinant = a * d - b * c;
    if (!Number.isFinite(determinant) || determinant === 0) break;
    found.x += (d * dx - b * dy) / determinant;
    found.y += (a * dy - c * dx) / determinant;
    if (Math.hypot(dx, dy) < 1e-6) break;
  }
  return found;
}

projections.add({ ...cassini, names: [...cassini.names], forward, inverse });

interface Placed {
  readonly sphere?: boolean;
  readonly lat0?: number;
  readonly x0?: number;
  readonly y0?: number;
}

const polyconic = projections.get("poly");
projections.add({
  ...polyconic,
  names: [...polyconic.names],
  forward(point) {
    const { long0 } = this as Cassini;
    const away = point.x - long0 - 2 * Math.PI * Math.round((point.x - long0) / (2 * Math.PI));
    return Math.abs(away) > Math.PI / 2 ? { x: Number.NaN, y: Number.NaN } : polyconic.forward.call(this, point);
  },
});

// The sinusoidal projection leaves its false origin out on the way there, the stereographic one from the equator its northing.
const sinusoidal = projections.get("sinu");
projections.add({
  ...sinusoidal,
  names: [...sinusoidal.names],
  forward(point) {
    const { x0, y0 } = this as Placed;
    const { x, y } = sinusoidal.forward.call(this, point);
    return { x: x + (x0 ?? 0), y: y + (y0 ?? 0) };
  },
});

const stereographic = projections.get("stere");
projections.add({
  ...stereographic,
  names: [...stereographic.names],
  forward(point) {
    const { sphere, lat0, y0 } = this as Placed;
    const found = stereographic.forward.call(this, point);
    return !sphere && Math.abs(Math.sin(lat0 ?? 0)) < 1e-10 ? { x: found.x, y: found.y + (y0 ?? 0) } : found;
  },
});
