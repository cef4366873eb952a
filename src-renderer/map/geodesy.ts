/** Lengths and areas on the WGS 84 ellipsoid, which is what a person can walk and a field really has. */

type LonLat = readonly [longitude: number, latitude: number];

const a = 6378137;
const f = 1 / 298.257223563;
const b = a * (1 - f);
const e2 = f * (2 - f);
const e = Math.sqrt(e2);
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres along the geodesic (Vincenty 1975); good to a millimetre. Nearly antipodal points fall back to the sphere. */
export function geodesicLength([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const L = radians(lon2 - lon1);
  const u1 = Math.atan((1 - f) * Math.tan(radians(lat1)));
  const u2 = Math.atan((1 - f) * Math.tan(radians(lat2)));
  const [sinU1, cosU1, sinU2, cosU2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let λ = L;
  for (let i = 0; i < 200; i++) {
    const [sinλ, cosλ] = [Math.sin(λ), Math.cos(λ)];
    const sinσ = Math.hypot(cosU2 * sinλ, cosU1 * sinU2 - sinU1 * cosU2 * cosλ);
    if (sinσ === 0) return 0;
    const cosσ = sinU1 * sinU2 + cosU1 * cosU2 * cosλ;
    const σ = Math.atan2(sinσ, cosσ);
    const sinα = (cosU1 * cosU2 * sinλ) / sinσ;
    const cos2α = 1 - sinα * sinα;
    const cos2σm = cos2α === 0 ? 0 : cosσ - (2 * sinU1 * sinU2) / cos2α;
    const C = (f / 16) * cos2α * (4 + f * (4 - 3 * cos2α));
    const before = λ;
    λ = L + (1 - C) * f * sinα * (σ + C * sinσ * (cos2σm + C * cosσ * (2 * cos2σm * cos2σm - 1)));
    if (Math.abs(λ - before) > 1e-12) continue;
    const v2 = (cos2α * (a * a - b * b)) / (b * b);
    const A = 1 + (v2 / 16384) * (4096 + v2 * (-768 + v2 * (320 - 175 * v2)));
    const B = (v2 / 1024) * (256 + v2 * (-128 + v2 * (74 - 47 * v2)));
    const Δσ =
      B *
      sinσ *
      (cos2σm +
        (B / 4) *
          (cosσ * (2 * cos2σm * cos2σm - 1) - (B / 6) * cos2σm * (4 * sinσ * sinσ - 3) * (4 * cos2σm * cos2σm - 3)));
    return b * A * (σ - Δσ);
  }
  return 6371008.8 * Math.acos(Math.min(1, Math.max(-1, sinU1 * sinU2 + cosU1 * cosU2 * Math.cos(L))));
}

/** Snyder (1987), 3-12: what of the ellipsoid lies south of a latitude, as q. */
function q(latitude: number): number {
  const s = Math.sin(radians(latitude));
  return (1 - e2) * (s / (1 - e2 * s * s) - (1 / (2 * e)) * Math.log((1 - e * s) / (1 + e * s)));
}

/**
 * Square metres of a ring on the ellipsoid, by the equal-area cylinder ('longitude, q'). Cut long edges before: between
 * two positions the edge is straight there.
 */
export function ellipsoidArea(ring: readonly LonLat[]): number {
  let sum = 0;
  ring.forEach(([lon1, lat1], i) => {
    const [lon2, lat2] = ring[(i + 1) % ring.length]!;
    const across = radians(((((lon2 - lon1 + 180) % 360) + 360) % 360) - 180);
    sum += (across * (q(lat1) + q(lat2))) / 2;
  });
  return Math.abs((a * a * sum) / 2);
}

/** Positions along a line of the map, so that its straight edges stay straight there when they are measured. */
export function densified(line: readonly (readonly [number, number])[], parts: number): (readonly [number, number])[] {
  return line.flatMap(([x, y], i) => {
    const next = line[i + 1];
    if (!next) return [[x, y] as const];
    return Array.from({ length: parts }, (_, k) => [
      x + ((next[0] - x) * k) / parts,
      y + ((next[1] - y) * k) / parts,
    ]) as [number, number][];
  });
}
