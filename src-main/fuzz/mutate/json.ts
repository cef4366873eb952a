import type { Random } from "../random.ts";

/** Values that stand nowhere in our files: of every type, and of every size. */
const odd: readonly unknown[] = [null, true, "", "x", "../../etc/passwd", "a".repeat(5000), -1, 0, 0.5, 1e9, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[]], [null], { a: 1 }, "__proto__", "\0"]; // biome-ignore format: one line

/** One to four values of a JSON text replaced by odd ones, wherever they are; some names too. */
export function oddValues(json: string, random: Random): string {
  const root = JSON.parse(json) as unknown;
  for (let i = 0; i < random.between(1, 4); i++) {
    const places: [Record<string, unknown>, string][] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const key of Object.keys(value)) {
        places.push([value as Record<string, unknown>, key]);
        walk((value as Record<string, unknown>)[key]);
      }
    };
    walk(root);
    if (places.length === 0) break;
    const [home, key] = random.pick(places);
    if (random.chance(0.15)) delete home[key];
    else if (random.chance(0.1) && !Array.isArray(home))
      home[String(random.pick(["extra", "__proto__x", "config", "weights"]))] = random.pick(odd); // biome-ignore format: one line
    else home[key] = structuredClone(random.pick(odd));
  }
  return JSON.stringify(root);
}
