// How the layers of a project lie above each other, and what is drawn of them: pure, so that it can be tested.
import type { LayerRow } from "../../src-shared/domain/display.ts";
import type { SensorId } from "../../src-shared/eo/sensors.ts";
import type { LayerFacts, LayerKind } from "../../src-shared/ipc/index.ts";

/** One entry of the tree that can be moved: a layer by itself, or all dates of one sensor. */
export interface Slot {
  /** a layer's id, or `group:sentinel-2` */
  readonly id: string;
  readonly kind: LayerKind | "group";
  readonly sensor: SensorId | null;
  readonly position: number;
  readonly visible: boolean;
  readonly opacity: number;
  /** the layer itself, or the dates of the group, the latest first */
  readonly members: readonly LayerFacts[];
}

export interface DrawnLayer {
  readonly id: string;
  readonly opacity: number;
  readonly style: Readonly<Record<string, unknown>>;
  readonly date: string | null;
  readonly sensor: SensorId | null;
}

/** Where a kind lies until it is moved; the higher, the nearer to the eye. */
const usualPosition: Readonly<Record<LayerKind | "group", number>> = {
  graticule: 900,
  labels: 800,
  vector: 700,
  split: 650,
  limit: 620,
  grid: 600,
  difference: 520,
  surface: 515,
  "set-size": 512,
  confidence: 510,
  // Above its own map and below the next one, which it says nothing of.
  uncertain: 500,
  map: 500,
  raster: 350,
  group: 300,
  acquisition: 300,
  basemap: 0,
};

const usualSensors: readonly SensorId[] = ["aerial", "sentinel-2", "landsat", "other", "sentinel-1"];
const offAtFirst: ReadonlySet<LayerKind | "group"> = new Set(["graticule", "grid", "split", "confidence", "set-size"]);

/** The classes below stay recognisable under what marks them as uncertain. */
const usualOpacity = (kind: LayerKind): number => (kind === "uncertain" ? 0.75 : 1);

const groupId = (sensor: SensorId): string => `group:${sensor}`;

/** The tree from top to bottom. Dates of one sensor are one slot; a result's confidence follows its map. */
export function slotsOf(facts: readonly LayerFacts[], rows: ReadonlyMap<string, LayerRow>): Slot[] {
  const groups = Map.groupBy(
    facts.filter(({ kind, sensor }) => kind === "acquisition" && sensor !== null),
    ({ sensor }) => sensor!,
  );
  const present = usualSensors.filter((sensor) => groups.has(sensor));
  const slots: Slot[] = present.map((sensor, index) => {
    const id = groupId(sensor);
    const row = rows.get(id);
    return {
      id,
      kind: "group",
      sensor,
      position: row?.position ?? usualPosition.group + (usualSensors.length - index),
      // Only the finest image is visible at first; the others are hidden.
      visible: row?.visible ?? index === 0,
      opacity: row?.opacity ?? 1,
      members: groups.get(sensor)!.toReversed(),
    };
  });
  const single = facts.filter(({ kind }) => kind !== "acquisition");
  single.forEach((layer, index) => {
    const row = rows.get(layer.id);
    slots.push({
      id: layer.id,
      kind: layer.kind,
      sensor: null,
      position: row?.position ?? usualPosition[layer.kind] + index / 1000,
      visible: row?.visible ?? !offAtFirst.has(layer.kind),
      opacity: row?.opacity ?? usualOpacity(layer.kind),
      members: [layer],
    });
  });
  return slots.sort((p, q) => q.position - p.position || (p.id < q.id ? 1 : -1));
}

/** The date of a series that is seen: that of the time slider where the sensor has it, else its latest. Pinned dates stay. */
export function drawnOf(
  slots: readonly Slot[],
  rows: ReadonlyMap<string, LayerRow>,
  current: (sensor: SensorId, members: readonly LayerFacts[]) => string | null,
): DrawnLayer[] {
  const drawn: DrawnLayer[] = [];
  for (const { id, kind, sensor, visible, opacity, members } of slots.toReversed()) {
    if (!visible) continue;
    if (kind !== "group") {
      if (members[0]?.state !== "missing")
        drawn.push({ id, opacity, style: rows.get(id)?.style ?? {}, date: null, sensor });
      continue;
    }
    const shown = current(sensor!, members);
    for (const member of members.toReversed()) {
      const row = rows.get(member.id);
      const pinned = row?.style.pinned === true;
      if ((member.id !== shown && !pinned) || member.state === "missing") continue;
      const style = { ...rows.get(id)?.style, ...row?.style };
      drawn.push({ id: member.id, opacity: opacity * (row?.opacity ?? 1), style, date: member.date, sensor });
    }
  }
  return drawn;
}

/** What covers the ground of other pictures. */
const pictures: ReadonlySet<Slot["kind"]> = new Set([
  "group",
  "acquisition",
  "raster",
  "map",
  "confidence",
  "set-size",
  "uncertain",
  "difference",
  "surface",
]);

/**
 * Positions that bring layers above every visible picture, in the order given, the lowest first; none where they lie so already.
 * What lies above pictures by its kind (labels, lines) stays above them.
 */
export function positionsOnTop(slots: readonly Slot[], ids: readonly string[]): ReadonlyMap<string, number> {
  const own = new Set(ids);
  const known = ids.filter((id) => slots.some((slot) => slot.id === id));
  const lowest = known[0] === undefined ? -1 : slots.findIndex(({ id }) => id === known[0]);
  const above = slots.slice(0, Math.max(0, lowest));
  const cover = above.findIndex(({ id, kind, visible }) => visible && pictures.has(kind) && !own.has(id));
  if (cover < 0) return new Map();
  const rest = slots.filter(({ id }) => !own.has(id));
  const at = rest.indexOf(above[cover]!);
  const low = rest[at]!.position;
  const high = rest[at - 1]?.position ?? low + 10;
  return new Map(known.map((id, i) => [id, low + ((high - low) * (i + 1)) / (known.length + 1)]));
}

/** A position between what lies there now, so that moving one layer changes one row. */
export function positionBetween(
  slots: readonly Slot[],
  moved: string,
  target: string,
  place: "before" | "after",
): number {
  const rest = slots.filter(({ id }) => id !== moved);
  const at = rest.findIndex(({ id }) => id === target);
  const above = place === "before" ? rest[at - 1]?.position : rest[at]?.position;
  const below = place === "before" ? rest[at]?.position : rest[at + 1]?.position;
  if (above === undefined) return (below ?? 0) + 10;
  if (below === undefined) return above - 10;
  return (above + below) / 2;
}
