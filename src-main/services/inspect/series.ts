// Curves over time at a place: every band and index of every acquisition, with its spread over a polygon.
import { type Acquisition, bandNamesOf, clearSclClasses, radiometryOf, sensors } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { Observation, Place, PlaceSeries, SeriesGroup, Variable } from "../../../src-shared/ipc/inspect.ts";
import { RunningStatistics } from "../../cube/index.ts";
import { clear, noData, type Reader, rasterReader } from "../../imagery/index.ts";
import { type PlaceWindow, piecesOf, variablesOf } from "./pixels.ts";

export interface SeriesRequest {
  readonly acquisitions: readonly Acquisition[];
  /** of the places */
  readonly crs: Crs;
  /** SCL classes that count as clear, by acquisition; the usual ones where nothing is said */
  readonly clearClasses: ReadonlyMap<string, readonly number[]>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Files are read in so many lanes: enough to keep the decoding threads busy. */
const lanes = 8;

export async function seriesAt(
  request: SeriesRequest,
  places: readonly Place[],
): Promise<{ readonly places: readonly PlaceSeries[]; readonly problems: readonly string[] }> {
  const { acquisitions, signal, onProgress } = request;
  const groups = groupsOf(acquisitions);
  // One state of every file for the whole series; headers and open files stay in the cache for later readers.
  const reader = rasterReader();
  const found = places.map(() => new Map<string, Observation>());
  const problems = new Set<string>();
  const all = acquisitions.length * places.length;
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < acquisitions.length) {
      const acquisition = acquisitions[next++]!;
      const group = groups.get(keyOf(acquisition))!;
      for (const [at, place] of places.entries()) {
        signal?.throwIfAborted();
        try {
          found[at]!.set(acquisition.id, await observe(reader, request, acquisition, place, group.variables));
        } catch (error) {
          // An unreadable file removes its own date only.
          if (!(error instanceof AppError)) throw error;
          problems.add(error.message);
        }
        onProgress?.(++done / all);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, acquisitions.length) }, work));
  return {
    places: found.map((observations) => ({
      groups: [...groups.values()].map(({ members, ...group }) => ({
        ...group,
        observations: members.flatMap(({ id }) => observations.get(id) ?? []),
      })),
    })),
    problems: [...problems],
  };
}

type Group = Omit<SeriesGroup, "observations"> & { readonly members: readonly Acquisition[] };

const keyOf = ({ sensor, pass }: Acquisition): string => (pass ? `${sensor} ${pass}` : sensor);

/** Sensors in the order of the list of sensors; within one, bands in its order and then the indices they allow. */
function groupsOf(acquisitions: readonly Acquisition[]): Map<string, Group> {
  const order = Object.keys(sensors);
  const sorted = [...Map.groupBy(acquisitions, keyOf)].sort(
    ([, [p]], [, [q]]) => order.indexOf(p!.sensor) - order.indexOf(q!.sensor),
  );
  return new Map(
    sorted.map(([key, members]) => {
      const { sensor, pass = null } = members[0]!;
      return [key, { key, sensor, pass, variables: variablesOfGroup(members), members }];
    }),
  );
}

function variablesOfGroup(members: readonly Acquisition[]): Variable[] {
  const known = sensors[members[0]!.sensor].bands;
  const rank = (name: string) => {
    const place = known.findIndex((band) => band.name === name);
    return place < 0 ? known.length : place;
  };
  const bands = new Map<string, Variable>();
  const indices = new Map<string, Variable>();
  for (const acquisition of members) {
    const unit = unitOf(acquisition);
    for (const name of bandNamesOf(acquisition)) {
      const wavelengthNanometers = known.find((band) => band.name === name)?.wavelengthNanometers ?? null;
      if (!bands.has(name)) bands.set(name, { name, kind: "band", unit, wavelengthNanometers, formula: null });
    }
    for (const { name, formula } of variablesOf(acquisition))
      indices.set(name, {
        name,
        kind: "index",
        unit: name === "VH−VV" ? "dB" : "ratio",
        wavelengthNanometers: null,
        formula,
      });
  }
  return [...[...bands.values()].sort((p, q) => rank(p.name) - rank(q.name)), ...indices.values()];
}

function unitOf(acquisition: Acquisition): Variable["unit"] {
  const { quantity } = radiometryOf(acquisition);
  if (quantity === "reflectance" || quantity === "brightness") return quantity;
  return quantity === "unknown" ? "" : "dB";
}

/** One date at one place. */
async function observe(
  reader: Reader,
  { crs, clearClasses, signal }: SeriesRequest,
  acquisition: Acquisition,
  place: Place,
  variables: readonly Variable[],
): Promise<Observation> {
  const tally = new Tally(acquisition, variables);
  const request = { place, crs, clearClasses: clearClasses.get(acquisition.id) ?? clearSclClasses, signal };
  for await (const piece of piecesOf(reader, acquisition, request)) tally.add(piece);
  return tally.result(place.kind === "polygon");
}

/** Statistics of clear pixels, and of all, until it is known which count. */
class Tally {
  readonly #acquisition: Acquisition;
  /** of each variable: the bands it is made of and how */
  readonly #rules: readonly {
    readonly from: readonly number[];
    readonly value: (values: readonly number[]) => number;
  }[];
  readonly #clear: RunningStatistics[];
  readonly #all: RunningStatistics[];
  #clearPixels = 0;
  #pixels = 0;

  constructor(acquisition: Acquisition, variables: readonly Variable[]) {
    this.#acquisition = acquisition;
    const indices = variablesOf(acquisition);
    const names = bandNamesOf(acquisition);
    this.#rules = variables.map(({ name, kind }) => {
      const index = kind === "index" ? indices.find((candidate) => candidate.name === name) : undefined;
      if (index) return { from: index.from, value: index.value };
      const band = kind === "band" ? names.indexOf(name) : -1;
      return { from: band < 0 ? [] : [band], value: ([value]) => value ?? Number.NaN };
    });
    this.#clear = variables.map(() => new RunningStatistics());
    this.#all = variables.map(() => new RunningStatistics());
  }

  add({ window, spans, bands, states }: PlaceWindow): void {
    for (const [row, start, end] of spans) {
      for (let col = start; col < end; col++) {
        const at = (row - window.row) * window.width + col - window.col;
        if (states[at] === noData) continue;
        const isClear = states[at] === clear;
        this.#pixels++;
        if (isClear) this.#clearPixels++;
        for (const [index, { from, value }] of this.#rules.entries()) {
          const result = value(from.map((band) => bands[band]![at]!));
          if (!Number.isFinite(result)) continue;
          this.#all[index]!.add(result);
          if (isClear) this.#clear[index]!.add(result);
        }
      }
    }
  }

  result(spread: boolean): Observation {
    const { id, date, time = null } = this.#acquisition;
    const isClear = this.#pixels > 0 && this.#clearPixels * 2 >= this.#pixels;
    const statistics = isClear ? this.#clear : this.#all;
    const some = (pick: (of: RunningStatistics) => number) =>
      statistics.map((of) => (of.count === 0 ? null : pick(of)));
    return {
      acquisition: id,
      date,
      time,
      state: this.#pixels === 0 ? "none" : isClear ? "clear" : "masked",
      clearShare: this.#pixels === 0 ? null : this.#clearPixels / this.#pixels,
      count: isClear ? this.#clearPixels : this.#pixels,
      values: some(({ mean }) => mean),
      deviations: spread ? some(({ std }) => std) : null,
    };
  }
}
