// Curves as uPlot takes them: one column of times, then columns of values with nothing where there is none.
import type { Observation, PlaceSeries, SeriesGroup, Variable } from "../../../src-shared/ipc/index.ts";

/** One line of a chart: a variable at a place. */
export interface Line {
  readonly key: string;
  readonly place: string;
  readonly variable: string;
  readonly color: string;
  readonly dash: readonly number[];
  /** by time; `null` where the observation is masked or missing */
  readonly clear: readonly (number | null)[];
  readonly masked: readonly (number | null)[];
  /** mean less and plus one standard deviation, of polygons */
  readonly low: readonly (number | null)[] | null;
  readonly high: readonly (number | null)[] | null;
}

export const secondsOf = ({ date, time }: Pick<Observation, "date" | "time">): number =>
  Date.parse(`${date}T${time ?? "12:00:00"}Z`) / 1000;

export interface Source {
  readonly key: string;
  readonly color: string;
  readonly series: PlaceSeries;
}

const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [8, 3, 2, 3], [14, 4], [4, 4]];

/** Lines of chosen variables at some places. One place: a colour per variable. Several: a colour per place, a dash per variable. */
export function linesOf(
  sources: readonly Source[],
  groupKey: string,
  variables: readonly string[],
  colorOf: (variable: string) => string,
): {
  readonly times: readonly number[];
  readonly observations: readonly Observation[];
  readonly lines: readonly Line[];
} {
  const groups = sources.flatMap(({ series, ...source }) => {
    const group = series.groups.find(({ key }) => key === groupKey);
    return group ? [{ ...source, group }] : [];
  });
  // Two products of one moment would be one point of the axis: each acquisition keeps its own, a second apart.
  const all = new Map<string, { readonly observation: Observation; readonly time: number }>();
  const taken = new Set<number>();
  for (const observation of groups.flatMap(({ group }) => group.observations)) {
    if (all.has(observation.acquisition)) continue;
    let time = secondsOf(observation);
    while (taken.has(time)) time++;
    taken.add(time);
    all.set(observation.acquisition, { observation, time });
  }
  const ordered = [...all.values()].sort((p, q) => p.time - q.time);
  const lines = groups.flatMap(({ key, color, group }) => {
    const own = new Map(group.observations.map((observation) => [observation.acquisition, observation]));
    const columns = ordered.map(({ observation }) => own.get(observation.acquisition));
    return variables.flatMap((name, order): Line[] => {
      const at = group.variables.findIndex((variable) => variable.name === name);
      if (at < 0) return [];
      const pick = (state: Observation["state"]) =>
        columns.map((observation) => (observation?.state === state ? (observation.values[at] ?? null) : null));
      const spread = (sign: number) =>
        columns.map((observation) => {
          const value = observation?.state === "clear" ? observation.values[at] : null;
          const deviation = observation?.deviations?.[at];
          return value == null || deviation == null ? null : value + sign * deviation;
        });
      const hasSpread = group.observations.some(({ deviations }) => deviations !== null);
      return [
        {
          key: `${key} ${name}`,
          place: key,
          variable: name,
          color: sources.length > 1 ? color : colorOf(name),
          dash: sources.length > 1 ? dashes[order % dashes.length]! : [],
          clear: pick("clear"),
          masked: pick("masked"),
          low: hasSpread ? spread(-1) : null,
          high: hasSpread ? spread(1) : null,
        },
      ];
    });
  });
  return {
    times: ordered.map(({ time }) => time),
    observations: ordered.map(({ observation }) => observation),
    lines,
  };
}

/** True colours where the eye sees, reddish beyond, one order along the spectrum; indices have their own. */
const fixed: Readonly<Record<string, string>> = {
  NDVI: "#2e8b3d",
  EVI: "#8a9a00",
  NDRE: "#00897b",
  NDWI: "#1e88e5",
  NDMI: "#5e6bd8",
  NBR: "#d2691e",
  VV: "#1a73c9",
  VH: "#c2185b",
  HH: "#1a73c9",
  HV: "#c2185b",
  "VH−VV": "#6d4bc3",
  RVI: "#2e8b3d",
};

export function colorOfVariable({ name, wavelengthNanometers }: Variable, index: number): string {
  const known = fixed[name];
  if (known) return known;
  const spare = ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#b07aa1", "#9c755f"];
  if (wavelengthNanometers === null) return spare[index % spare.length]!;
  const stops: readonly (readonly [number, string])[] = [
    [470, "#6a5acd"],
    [520, "#2f6fde"],
    [600, "#2ba84a"],
    [685, "#d93025"],
    [720, "#e8710a"],
    [760, "#d49a00"],
    [800, "#b0851a"],
    [850, "#8e5fb0"],
    [900, "#b24fa3"],
    [1000, "#9e9e9e"],
    [1400, "#7a8b99"],
    [1800, "#8d5a3b"],
  ];
  return stops.find(([limit]) => wavelengthNanometers < limit)?.[1] ?? "#5b3a29";
}

/** What a group opens with. */
export function usualVariables(group: SeriesGroup, kind: "band" | "index", places: number): string[] {
  const names = group.variables.filter((variable) => variable.kind === kind).map(({ name }) => name);
  if (places > 1) return names.slice(0, 1);
  if (kind === "index")
    return names.filter((name) => ["NDVI", "NDMI", "NDWI", "RVI", "VH−VV"].includes(name)).slice(0, 3);
  const favourite = names.filter((name) =>
    ["B02", "B03", "B04", "B08", "B11", "B2", "B3", "B4", "B5", "B6"].includes(name),
  );
  return favourite.length >= 3 ? favourite.slice(0, 5) : names.slice(0, 6);
}
