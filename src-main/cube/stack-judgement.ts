// Whether the dates of a series belong together: each is compared with the median of the others, pixel by pixel.
import type { LevelFigures, LevelKind, StackDoubt, StackRepair } from "../../src-shared/ipc/stack.ts";
import { percentile } from "./radiometry.ts";
import { storedOffset } from "./repairs.ts";

/** A date of an input as it was looked at on a coarse grid. */
export interface StackDate {
  readonly acquisition: string;
  readonly date: string;
  readonly pass: "ascending" | "descending" | null;
  readonly orbit: number | null;
  readonly quantity: string;
  /** of the first band */
  readonly scale: number;
  readonly offset: number;
  /** [bands, pixels] physical values, NaN where the date does not see clearly */
  readonly values: Float32Array;
  /** shares of the area */
  readonly data: number;
  readonly clear: number;
}

export interface StackLooked {
  readonly radar: boolean;
  readonly optical: boolean;
  readonly bands: number;
  readonly pixels: number;
  /** in order of time */
  readonly dates: readonly StackDate[];
}

/** A doubt with the dates it is about, and what takes it away. */
export interface Judged {
  readonly doubt: StackDoubt;
  readonly severity: "caution" | "note";
  readonly dates: readonly StackDate[];
  readonly repair: StackRepair | null;
}

/** With fewer pixels in common nothing is said of a date's numbers. */
const leastPixels = 30;
const leastShare = 0.02;
/** Under clouds that the mask does not know even the darkest land is bright: of a date with less clear land nothing is said by its darkest. */
const leastTold = 0.5;
/** Dates in time that a date is compared with. */
const neighbours = 9;
/** With fewer dates there is no telling which one stands out. */
const leastDates = 3;
/** So many of the bands have to say the same. */
const agreeing = 0.8;
/** A series is followed by dates that are no further apart. */
const longestGapDays = 60;
const seasonDays = 366;
/** A date helps over a gap when it sees so much of the area. */
const leastSeen = 1 / 3;
/** What takes the middle of the absolute deviations to a standard deviation of normal numbers. */
const madToDeviation = 1.4826;

/** All doubts about the dates of an input, the gravest first. */
export function judgeStack(looked: StackLooked): Judged[] {
  const seen = looked.dates.filter(({ clear }) => clear > 0);
  return [
    ...levelDoubts({ ...looked, dates: seen }),
    ...samePixels(looked),
    ...(looked.radar ? orbitDoubts({ ...looked, dates: seen }) : []),
    ...emptyDates(looked),
    ...gaps(looked),
  ];
}

const middleOf = (values: readonly number[]): number =>
  percentile(
    values.toSorted((p, q) => p - q),
    0.5,
  );

/** [bands, pixels]: the median of the dates that see a pixel clearly; NaN where fewer than two do. */
function medianOfDates({ bands, pixels, dates }: Pick<StackLooked, "bands" | "pixels" | "dates">): Float32Array {
  const result = new Float32Array(bands * pixels).fill(Number.NaN);
  const column = new Float64Array(dates.length);
  for (let at = 0; at < result.length; at++) {
    let count = 0;
    for (const { values } of dates) if (!Number.isNaN(values[at]!)) column[count++] = values[at]!;
    if (count < 2) continue;
    result[at] = percentile(column.subarray(0, count).sort(), 0.5);
  }
  return result;
}

/** How a date stands beside the median, band by band; `undefined` where too little is seen in both. */
interface Standing {
  readonly date: StackDate;
  readonly bands: readonly {
    readonly middle: number;
    readonly darkest: number;
    /** of the middles */
    readonly ratio: number;
    /** contrast: tenth to ninetieth hundredth, of what the others have */
    readonly contrast: number;
    readonly usual: number;
  }[];
  readonly lowest: number;
}

function standing(date: StackDate, median: Float32Array, { bands, pixels }: StackLooked): Standing | undefined {
  const found: Standing["bands"][number][] = [];
  let lowest = Number.POSITIVE_INFINITY;
  for (let b = 0; b < bands; b++) {
    const own: number[] = [];
    const others: number[] = [];
    const differences: number[] = [];
    for (let at = b * pixels; at < (b + 1) * pixels; at++) {
      const [value, usual] = [date.values[at]!, median[at]!];
      if (Number.isNaN(value) || Number.isNaN(usual)) continue;
      own.push(value);
      others.push(usual);
      differences.push(value - usual);
    }
    if (own.length < Math.max(leastPixels, leastShare * pixels)) return undefined;
    for (const list of [own, others, differences]) list.sort((p, q) => p - q);
    lowest = Math.min(lowest, percentile(own, 0.02));
    const usual = percentile(others, 0.5);
    const middle = percentile(differences, 0.5);
    const width = (sorted: readonly number[]) => percentile(sorted, 0.9) - percentile(sorted, 0.1);
    found.push({
      middle,
      contrast: width(own) / width(others),
      darkest: percentile(own, 0.02) - percentile(others, 0.02),
      ratio: usual === 0 ? Number.NaN : percentile(own, 0.5) / usual,
      usual,
    });
  }
  return { date, bands: found, lowest };
}

/** Differences in reflectance that a forgotten or doubled +1000 (0.1) leaves in every band alike, whatever grows there. */
const offsetFrom = 0.08;
const offsetTo = 0.125;
const darkFrom = 0.06;
const alike = 0.03;
/** An added number leaves contrast and pattern as they are; thin cloud takes contrast away, shadow divides it. */
const contrastFrom = 0.65;
const contrastTo = 1.6;
/** Percent, bytes and undivided numbers are so many powers of ten away; clouds and shadows are not. */
const leastPower = 2;

function levelDoubts(looked: StackLooked): Judged[] {
  const { dates, radar } = looked;
  if (dates.length < leastDates) return [];
  const standings = standingsOf(looked);
  if (standings.length < leastDates) return [];
  const figures = new Map(standings.map((own) => [own, figuresOf(own)]));
  const middles = [...figures.values()].map(({ middle }) => middle);
  const center = middleOf(middles);
  const spread = madToDeviation * middleOf(middles.map((middle) => Math.abs(middle - center)));
  const groups = new Map<string, Group>();
  const block = offsetBlock(standings);
  if (block) groups.set(block.level, block);
  for (const own of standings) {
    if (block?.members.includes(own)) continue;
    const found = levelOf(own, figures.get(own)!, spread);
    if (!found) continue;
    const key = `${found.level} ${found.factor ?? ""}`.trim();
    const group = groups.get(key) ?? { ...found, members: [] };
    group.members.push(own);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ level, factor, members }): Judged => {
    const [{ date }] = members as [Standing];
    const own = members.map((member) => member.date).sort((p, q) => (p.date < q.date ? -1 : 1));
    return {
      doubt: {
        kind: "level",
        level,
        factor,
        unit: date.quantity === "reflectance" ? "reflectance" : radar ? "dB" : "",
        figures: members.map((member) => figures.get(member)!).sort((p, q) => (p.date < q.date ? -1 : 1)),
      },
      severity: "caution",
      dates: own,
      // Where many stand out for no known reason, nobody knows which ones are as they should be.
      repair:
        (level === "brighter" || level === "darker") && own.length > mostLeftOut * dates.length
          ? null
          : repairFor(level, factor, storedOffset(date.scale), own.map(({ acquisition }) => acquisition)), // biome-ignore format: one call
    };
  });
}

const mostLeftOut = 1 / 3;

interface Group {
  readonly level: LevelKind;
  readonly factor: number | null;
  readonly members: Standing[];
}

/** So many of the dates from some day on, or until then, stand out, and so few of the others. */
const blockFrom = 0.85;
const othersTo = 0.2;
/** A step of 0.1, give or take what seasons do to the darkest land. */
const stepFrom = 0.06;
const stepTo = 0.14;

/**
 * A part of the series, from its beginning or to its end, that has +1000 in it or lost it twice: what producers change, they change
 * from a day on. The darkest land of the darkest band tells it: on clear dates it stays between 0 and 0.09 all year.
 */
function offsetBlock(standings: readonly Standing[]): Group | undefined {
  const [first] = standings;
  if (first?.date.quantity !== "reflectance") return undefined;
  const seen = standings
    .filter(({ date }) => date.clear >= leastTold)
    .sort((p, q) => (p.date.date < q.date.date ? -1 : 1));
  let best:
    | { readonly level: LevelKind; readonly inside: (date: string) => boolean; readonly score: number }
    | undefined;
  for (let cut = 1; cut < seen.length; cut++) {
    const day = seen[cut]!.date.date;
    if (seen[cut - 1]!.date.date === day) continue;
    for (const inside of [(date: string) => date >= day, (date: string) => date < day]) {
      const [own, others] = [
        seen.filter(({ date }) => inside(date.date)),
        seen.filter(({ date }) => !inside(date.date)),
      ];
      if (own.length < leastDates || others.length < leastDates) continue;
      const step = middleOf(own.map(({ lowest }) => lowest)) - middleOf(others.map(({ lowest }) => lowest));
      if (Math.abs(step) < stepFrom || Math.abs(step) > stepTo) continue;
      for (const level of ["offset-still-in", "offset-taken-twice"] as const) {
        const share = (part: readonly Standing[]) => part.filter((one) => isOff(one, level)).length / part.length;
        const score = share(own) - share(others);
        if (share(own) >= blockFrom && share(others) <= othersTo && score > (best?.score ?? 0)) best = { level, inside, score }; // biome-ignore format: one choice
      }
    }
  }
  if (!best) return undefined;
  const { level, inside } = best;
  return { level, factor: null, members: standings.filter(({ date }) => inside(date.date)) };
}

const isOff = ({ date, lowest }: Standing, level: LevelKind): boolean =>
  level === "offset-still-in"
    ? // What was taken off once is not taken off again.
      lowest >= darkLand && date.offset > -storedOffset(date.scale) / 2
    : lowest <= belowNothing;

/** No land without water, shadow and forest: somewhere and in some band it is darker than this, in reflectance. */
const darkLand = 0.09;
/** No land at all: snow, cloud or a wrong scale. */
const brightLand = 0.12;
/** Nothing reflects less than nothing: noise and haze corrections stay above this. */
const belowNothing = -0.02;

/** The dates that others are compared with. */
function usualOf(all: readonly Standing[]): readonly Standing[] {
  const [{ date, bands }] = all as readonly [Standing];
  if (date.quantity === "reflectance") {
    const fit = all.filter(({ lowest }) => lowest > belowNothing && lowest < darkLand);
    return fit.length >= leastDates ? fit : all;
  }
  const sorted = all.map((own) => ({ own, middle: figuresOf(own).middle })).sort((p, q) => p.middle - q.middle);
  let [step, widest] = [0, 0];
  for (let i = 1; i < sorted.length; i++) {
    const between = sorted[i]!.middle - sorted[i - 1]!.middle;
    if (between > widest) [step, widest] = [i, between];
  }
  if (widest < leastOutlying(date, middleOf(bands.map(({ usual }) => usual)))) return all;
  const heaps = [sorted.slice(0, step), sorted.slice(step)] as const;
  return heaps[heaps[1].length > heaps[0].length ? 1 : 0].map(({ own }) => own);
}

/**
 * How every date stands beside the dates next to it in time, so that seasons do not count. Where the dates fall into two heaps (some
 * have +1000 in them) all are compared with dates of the larger heap: the middle of both is nothing that any date is like.
 */
function standingsOf(looked: StackLooked): Standing[] {
  const { dates } = looked;
  const median = medianOfDates(looked);
  const all = dates.flatMap((date) => standing(date, median, looked) ?? []);
  if (all.length < leastDates) return [];
  const usual = usualOf(all);
  const others = usual.map((own) => own.date);
  if (others.length < leastDates) return all;
  return all.flatMap(({ date: own }) => {
    const near = others
      .filter((other) => other !== own)
      .toSorted((p, q) => Math.abs(dayOf(p.date) - dayOf(own.date)) - Math.abs(dayOf(q.date) - dayOf(own.date)))
      .slice(0, neighbours);
    return standing(own, medianOfDates({ ...looked, dates: near }), looked) ?? [];
  });
}

function repairFor(
  level: LevelKind,
  factor: number | null,
  amount: number,
  acquisitions: readonly string[],
): StackRepair {
  // biome-ignore format: one line
  switch (level) {
    case "offset-still-in":
      return { kind: "add", add: -amount, acquisitions };
    case "offset-taken-twice":
      return { kind: "add", add: amount, acquisitions };
    case "factor":
      return { kind: "times", times: 1 / factor!, acquisitions };
    case "linear-not-decibels":
      return { kind: "linear", acquisitions };
    default:
      return { kind: "leave-out", acquisitions };
  }
}

function figuresOf({ date, bands }: Standing): LevelFigures {
  const middle = middleOf(bands.map((band) => band.middle));
  const agree = bands.filter((band) => Math.sign(band.middle) === Math.sign(middle)).length;
  return {
    acquisition: date.acquisition,
    date: date.date,
    middle,
    darkest: middleOf(bands.map(({ darkest }) => darkest)),
    agree,
    bands: bands.length,
  };
}

/** How much a date has to stand out before it is told of: what seasons, snow-free ground and rain do not reach in every band at once. */
function leastOutlying({ quantity }: StackDate, usual: number): number {
  if (quantity === "reflectance") return 0.08;
  if (quantity.startsWith("backscatter")) return 4;
  return 0.4 * Math.abs(usual);
}

function levelOf(
  { date, bands, lowest }: Standing,
  { middle, darkest, agree }: LevelFigures,
  spread: number,
): { readonly level: LevelKind; readonly factor: number | null } | undefined {
  const many = Math.ceil(agreeing * bands.length);
  if (date.quantity === "backscatter-db" && lowest >= 0 && bands.every(({ usual }) => usual < -2))
    return { level: "linear-not-decibels", factor: null };
  const powers = bands.map(({ ratio }) => (ratio > 0 ? Math.log10(ratio) : Number.NaN));
  const power = Math.round(middleOf(powers.filter(Number.isFinite)));
  if (
    !date.quantity.startsWith("backscatter") &&
    Math.abs(power) >= leastPower &&
    powers.filter((one) => Math.abs(one - power) < 0.5).length >= many
  )
    return { level: "factor", factor: 10 ** power };
  if (date.quantity === "reflectance" && date.clear >= leastTold) {
    const amount = Math.abs(middle);
    const level = middle > 0 ? "offset-still-in" : "offset-taken-twice";
    const same = bands.filter((band) => Math.abs(band.middle - middle) <= alike).length >= many;
    const kept = bands.filter(({ contrast }) => contrast >= contrastFrom && contrast <= contrastTo).length >= many;
    const dark = darkest * Math.sign(middle) >= darkFrom;
    if (
      same &&
      kept &&
      dark &&
      amount >= offsetFrom &&
      amount <= offsetTo &&
      bands.length > 1 &&
      isOff({ date, bands, lowest }, level)
    )
      // biome-ignore format: one rule
      return { level, factor: null };
    if (lowest >= brightLand || lowest <= 2 * belowNothing)
      return { level: lowest > 0 ? "brighter" : "darker", factor: null };
  }
  const least = leastOutlying(date, middleOf(bands.map(({ usual }) => usual)));
  if (Math.abs(middle) > Math.max(least, 6 * spread) && darkest * Math.sign(middle) > least / 2 && agree >= many)
    return { level: middle > 0 ? "brighter" : "darker", factor: null };
  return undefined;
}

/** A picture twice is no second look: so many of the pixels that both see hold the same number. */
const sameShare = 0.98;

function samePixels({ dates, pixels }: StackLooked): Judged[] {
  const left = new Set(dates.filter(({ clear }) => clear > 0));
  const found: Judged[] = [];
  for (const first of left) {
    left.delete(first);
    const twins = [...left].filter((other) => equalShare(first, other, pixels) >= sameShare);
    if (twins.length === 0) continue;
    for (const twin of twins) left.delete(twin);
    const all = [first, ...twins];
    found.push({
      doubt: { kind: "same-pixels", same: Math.min(...twins.map((twin) => equalShare(first, twin, pixels))) },
      severity: "caution",
      dates: all,
      repair: { kind: "leave-out", acquisitions: twins.map(({ acquisition }) => acquisition) },
    });
  }
  return found;
}

/** Share of the pixels that both see, of the first band, with the same number; 0 when these are few or all alike. */
function equalShare({ values: p }: StackDate, { values: q }: StackDate, pixels: number): number {
  let [both, same] = [0, 0];
  const different = new Set<number>();
  for (let at = 0; at < pixels; at++) {
    if (Number.isNaN(p[at]!) || Number.isNaN(q[at]!)) continue;
    both++;
    if (p[at] === q[at]) same++;
    if (different.size < 8) different.add(p[at]!);
  }
  return both < leastPixels || different.size < 8 ? 0 : same / both;
}

/** Radar looks from one side: slopes, rows and walls answer another orbit otherwise. */
function orbitDoubts(looked: StackLooked): Judged[] {
  const { dates, bands, pixels } = looked;
  const groups = [...Map.groupBy(dates, ({ pass, orbit }) => `${pass} ${orbit}`).values()].sort((p, q) => q.length - p.length); // biome-ignore format: one call
  const [most, next] = groups;
  if (!most || !next) return [];
  const medians = groups.filter(({ length }) => length >= 2).map((own) => medianOfDates({ bands, pixels, dates: own }));
  const [p, q] = medians;
  const differences: number[] = [];
  if (p && q)
    for (let at = 0; at < p.length; at++) if (Number.isFinite(p[at]! - q[at]!)) differences.push(p[at]! - q[at]!);
  const passes = new Set(dates.map(({ pass }) => pass));
  return [
    {
      doubt: {
        kind: "orbits",
        orbits: groups.map((own) => ({ pass: own[0]!.pass, orbit: own[0]!.orbit, dates: own.length })),
        apart: differences.length >= leastPixels ? middleOf(differences.map(Math.abs)) : null,
      },
      severity: passes.size > 1 ? "caution" : "note",
      dates,
      // An input of one date is none: what has too few stays together with nobody.
      repair: groups.every(({ length }) => length >= leastDates) ? { kind: "split-orbits" } : null,
    },
  ];
}

function emptyDates({ dates }: StackLooked): Judged[] {
  const judged = (kind: "nothing-there" | "nothing-clear", own: readonly StackDate[]): Judged[] =>
    own.length === 0 || own.length === dates.length
      ? []
      : [
          {
            doubt: { kind },
            severity: "note",
            dates: own,
            repair: { kind: "leave-out", acquisitions: own.map(({ acquisition }) => acquisition) },
          },
        ];
  return [
    ...judged(
      "nothing-there",
      dates.filter(({ data }) => data === 0),
    ),
    ...judged(
      "nothing-clear",
      dates.filter(({ data, clear }) => data > 0 && clear === 0),
    ),
  ];
}

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

/** Times without a clear look that the dates alone do not show: images are there, and clouds lie over them. */
function gaps({ dates, optical }: StackLooked): Judged[] {
  if (!optical) return [];
  const useful = dates.filter(({ clear }) => clear >= leastSeen);
  const found: Judged[] = [];
  for (let i = 1; i < useful.length; i++) {
    const [from, to] = [useful[i - 1]!.date, useful[i]!.date];
    const days = dayOf(to) - dayOf(from);
    const between = dates.filter(({ date }) => date > from && date < to);
    // Pictures that lie years apart are no season with a gap.
    if (days <= longestGapDays || (between.length === 0 && days > seasonDays)) continue;
    found.push({ doubt: { kind: "long-gap", from, to, days, between: between.length }, severity: "note", dates: between, repair: null }); // biome-ignore format: one value
  }
  return found;
}
