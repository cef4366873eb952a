// Whether the dates of an input belong together, looked at on a coarse grid, and what takes a doubt away.
import { z } from "zod";
import { type Acquisition, bandsRead, type Modality, radiometryOf } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type {
  SmallPicture,
  StackCommands,
  StackFinding,
  StackInput,
  StackRepair,
} from "../../../src-shared/ipc/stack.ts";
import {
  duplicateAcquisitions,
  judgeStack,
  membersOf,
  percentile,
  type StackDate,
  suppliesBands,
  withGivenRadiometry,
} from "../../cube/index.ts";
import { clear, noData, type Reader, rasterReader, readPixels } from "../../imagery/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { footprintsOfProject } from "../projects/places.ts";
import { Tasks } from "../tasks.ts";
import { validated } from "../validated.ts";
import { windowsToLookAt } from "./coverage.ts";
import { changeFiles } from "./radiometry.ts";

/** Pixels along a side of the coarse grid: all dates of all bands of an input stay in memory together, 24 MB at most. */
const mostSide = 96;
const leastSide = 12;
const mostValues = 6_000_000;
/** Findings with pictures of their own; of more the words say enough. */
const mostPictures = 12;

const ids = z.array(z.string().min(1)).min(1).max(10_000);
const finite = z.number().refine(Number.isFinite, "a number");
const repairSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("add"), add: finite, acquisitions: ids }),
  z.strictObject({ kind: z.literal("times"), times: finite.refine((value) => value !== 0, "a scale of 0 makes everything the same"), acquisitions: ids }), // biome-ignore format: one line
  z.strictObject({ kind: z.literal("linear"), acquisitions: ids }),
  z.strictObject({ kind: z.literal("leave-out"), acquisitions: ids }),
  z.strictObject({ kind: z.literal("best-of-day") }),
  z.strictObject({ kind: z.literal("split-orbits") }),
]);

export function stackService(deps: Deps): StackCommands {
  const { catalog, announce } = deps;
  const tasks = new Tasks(announce);

  const modalityOf = (name: string): Modality => {
    const all = catalog.modalities.list();
    const found = all.find((modality) => modality.name === name);
    if (!found) throw new AppError("modality-not-found", { name, available: all.map((modality) => modality.name) });
    return found;
  };

  return {
    "stack.check": validated(
      "stack.check",
      z.strictObject({ modality: z.string().min(1).optional(), token: z.string().min(1).max(100).optional() }),
      ({ modality, token }) =>
        tasks.run(token, async (signal, progress) => {
          const modalities = modality === undefined ? catalog.modalities.list() : [modalityOf(modality)];
          if (modalities.length === 0) throw new AppError("no-imagery", { folder: catalog.folder });
          const acquisitions = catalog.acquisitions.list();
          const { geobox: area, patchMeters } = catalog.project.get().grid;
          const place = {
            area,
            grid: { crs: area.crs, patchMeters },
            footprints: await footprintsOfProject(catalog),
          };
          const reader = rasterReader();
          const inputs: StackInput[] = [];
          const findings: StackFinding[] = [];
          try {
            for (const [at, one] of modalities.entries()) {
              const told = (fraction: number) => progress((at + fraction) / modalities.length);
              const checked = await checkInput(reader, { modality: one, acquisitions, place, signal, progress: told });
              inputs.push(checked.input);
              findings.push(...checked.findings);
            }
          } finally {
            await reader.close();
          }
          progress(1);
          return { inputs, findings: withFewPictures(findings) };
        }),
    ),

    "stack.stop": validated("stack.stop", z.strictObject({ token: z.string().min(1) }), async (request) =>
      tasks.stop(request.token),
    ),

    "stack.repair": validated(
      "stack.repair",
      z.strictObject({ modality: z.string().min(1), repair: repairSchema }),
      async ({ modality: name, repair }) => {
        const modality = modalityOf(name);
        const acquisitions = catalog.acquisitions.list();
        const after = repaired(modality, acquisitions, repair, catalog.modalities.list().map((one) => one.name)); // biome-ignore format: one call
        edit(deps, { key: `stack.${repair.kind}`, params: { name } }, () => {
          for (const acquisition of after.acquisitions) catalog.acquisitions.put(acquisition);
          if (after.modalities && !after.modalities.some((one) => one.name === name)) catalog.modalities.remove(name);
          for (const one of after.modalities ?? []) catalog.modalities.put(one);
        });
      },
    ),
  };
}

/** What a repair makes of an input and its images. @throws AppError "repair-not-needed", "modality-without-members" */
function repaired(
  modality: Modality,
  all: readonly Acquisition[],
  repair: StackRepair,
  names: readonly string[],
): { readonly acquisitions: readonly Acquisition[]; readonly modalities: readonly Modality[] | null } {
  const { name } = modality;
  const meant = (wanted: readonly string[]): Acquisition[] => {
    const own = membersOf(modality, all).filter(({ id }) => wanted.includes(id));
    if (own.length === 0) throw new AppError("repair-not-needed", { modality: name });
    return own;
  };
  switch (repair.kind) {
    case "add":
    case "times":
    case "linear": {
      const changed = meant(repair.acquisitions).map((acquisition) =>
        changeFiles(acquisition, (file) => {
          if (file.bands.length === 0) return file;
          if (repair.kind === "linear") return withGivenRadiometry(file, { unit: "linear" });
          const { scale, offset } = file.bands[0]!;
          return withGivenRadiometry(
            file,
            repair.kind === "add"
              ? { offset: rounded(offset + repair.add) }
              : { scale: rounded(scale * repair.times), offset: rounded(offset * repair.times) },
          );
        }),
      );
      return { acquisitions: changed, modalities: null };
    }
    case "leave-out": {
      const out = new Set(meant(repair.acquisitions).map(({ id }) => id));
      const rest = modality.acquisitions.filter((id) => !out.has(id));
      if (rest.length === 0) throw new AppError("modality-without-members", { name });
      return { acquisitions: [], modalities: [{ ...modality, acquisitions: rest }] };
    }
    case "best-of-day":
      return { acquisitions: [], modalities: [{ ...modality, duplicateDates: "best" }] };
    case "split-orbits": {
      const groups = [...Map.groupBy(membersOf(modality, all), orbitWord)];
      if (groups.length < 2) throw new AppError("repair-not-needed", { modality: name });
      const taken = new Set(names.filter((one) => one !== name));
      const modalities = groups.map(([word, members]): Modality => {
        const wanted = `${name}-${word}`.slice(0, 36);
        let own = wanted;
        for (let n = 2; taken.has(own); n++) own = `${wanted}-${n}`;
        taken.add(own);
        return { ...modality, name: own, acquisitions: members.map(({ id }) => id) };
      });
      return { acquisitions: [], modalities };
    }
  }
}

/** `asc-88`: a part of the name of an input. */
const orbitWord = ({ pass, relativeOrbit }: Acquisition): string =>
  [
    pass === "ascending" ? "asc" : pass === "descending" ? "des" : "",
    relativeOrbit === undefined ? "" : String(relativeOrbit),
  ]
    .filter((word) => word !== "")
    .join("-") || "other";

const rounded = (value: number): number => Number(value.toPrecision(12)) || 0;

interface InputRequest {
  readonly modality: Modality;
  readonly acquisitions: readonly Acquisition[];
  readonly place: Parameters<typeof windowsToLookAt>[0];
  readonly signal: AbortSignal;
  readonly progress: (fraction: number) => void;
}

async function checkInput(
  reader: Reader,
  request: InputRequest,
): Promise<{ input: StackInput; findings: StackFinding[] }> {
  // biome-ignore format: one line
  const { modality, acquisitions, place, signal, progress } = request;
  const { name, sensor } = modality;
  const members = membersOf(modality, acquisitions);
  const bands = bandsRead(modality);
  const affordable = Math.floor(Math.sqrt(mostValues / (bands.length * Math.max(1, members.length))));
  const { looked, whole } = windowsToLookAt(place, Math.max(leastSide, Math.min(mostSide, affordable)));
  const pixels = looked.reduce((sum, { grid }) => sum + grid.width * grid.height, 0);
  // Whether numbers can be right is the question here: what cannot have been measured is looked at too.
  const asked = { bands, clearClasses: modality.clearClasses, method: "nearest", judgement: "conceivable", signal } as const; // biome-ignore format: one value
  const dates: StackDate[] = [];
  const unreadable: { readonly member: Acquisition; readonly reason: string }[] = [];
  for (const [n, member] of members.entries()) {
    if (!suppliesBands(modality, member)) continue;
    const footprint = place.footprints.acquisition(name, member.id);
    const values = new Float32Array(bands.length * pixels).fill(Number.NaN);
    let [data, seen, from] = [0, 0, 0];
    try {
      for (const one of looked) {
        const size = one.grid.width * one.grid.height;
        if (footprint.touches(one.window)) {
          signal.throwIfAborted();
          const read = await readPixels(reader, [member], one.grid, asked);
          for (let i = 0; i < size; i++) {
            if (one.counts[i] === 0 || read.states[i] === noData) continue;
            data += one.patches;
            if (read.states[i] !== clear) continue;
            seen += one.patches;
            for (let b = 0; b < bands.length; b++) values[b * pixels + from + i] = read.values[b * size + i]!;
          }
        }
        from += size;
      }
    } catch (error) {
      // An unreadable file is a finding about its own date.
      if (!(error instanceof AppError)) throw error;
      unreadable.push({ member, reason: error.message });
      continue;
    }
    const { quantity, scale, offset } = radiometryOf(member);
    dates.push({
      acquisition: member.id,
      date: member.date,
      pass: member.pass ?? null,
      orbit: member.relativeOrbit ?? null,
      quantity,
      scale,
      offset,
      values,
      data: data / whole,
      clear: seen / whole,
    });
    progress((n + 1) / members.length);
  }
  dates.sort((p, q) => (p.date < q.date ? -1 : p.date > q.date ? 1 : 0));
  const judged = judgeStack({ radar: sensor === "sentinel-1", optical: sensor !== "sentinel-1" && modality.kind === "series", bands: bands.length, pixels, dates }); // biome-ignore format: one call
  const picture = picturesOf(looked, bands, pixels);
  const doubted = new Set(judged.filter(({ doubt }) => doubt.kind === "level").flatMap((one) => one.dates));
  const findings = judged.map(({ doubt, severity, dates: own, repair }): StackFinding => {
    const pictured = doubt.kind === "level" || doubt.kind === "same-pixels";
    const [first] = own;
    const beside = doubt.kind === "same-pixels" ? own[1] : first && nearest(first, dates.filter((one) => !doubted.has(one) && one.clear > 0.3)); // biome-ignore format: one choice
    return {
      id: idOf(
        name,
        doubt.kind,
        own.map(({ acquisition }) => acquisition),
      ),
      modality: name,
      severity,
      acquisitions: own.map(({ acquisition }) => acquisition),
      dates: [...new Set(own.map(({ date }) => date))],
      repair,
      pictures: pictured && first ? picture(beside ? [first, beside] : [first]) : [],
      ...doubt,
    };
  });
  const input = { modality: name, sensor, dates: dates.map(({ acquisition, date, data, clear: seen }) => ({ acquisition, date, data, clear: seen })) }; // biome-ignore format: one value
  return { input, findings: [...findings, ...fromRows(modality, members), ...broken(name, unreadable)] };
}

const idOf = (modality: string, kind: string, acquisitions: readonly string[]): string =>
  [modality, kind, acquisitions[0] ?? "", acquisitions.length].join(" ");

/** What the catalog's rows say without a look at pixels. */
function fromRows(modality: Modality, members: readonly Acquisition[]): StackFinding[] {
  const twins =
    modality.kind === "image" || modality.duplicateDates !== "error" ? [] : duplicateAcquisitions(members).flat();
  if (twins.length === 0) return [];
  const acquisitions = twins.map(({ id }) => id);
  return [
    {
      id: idOf(modality.name, "several-products", acquisitions),
      modality: modality.name,
      severity: "caution",
      acquisitions,
      dates: [...new Set(twins.map(({ date }) => date))],
      repair: { kind: "best-of-day" },
      pictures: [],
      kind: "several-products",
    },
  ];
}

function broken(
  modality: string,
  unreadable: readonly { readonly member: Acquisition; readonly reason: string }[],
): StackFinding[] {
  // biome-ignore format: one line
  const [first] = unreadable;
  if (!first) return [];
  const acquisitions = unreadable.map(({ member }) => member.id);
  return [
    {
      id: idOf(modality, "unreadable", acquisitions),
      modality,
      severity: "caution",
      acquisitions,
      dates: [...new Set(unreadable.map(({ member }) => member.date))],
      repair: { kind: "leave-out", acquisitions },
      pictures: [],
      kind: "unreadable",
      reason: first.reason,
    },
  ];
}

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

const nearest = (to: StackDate, dates: readonly StackDate[]): StackDate | undefined =>
  dates
    .filter((one) => one !== to)
    .reduce<StackDate | undefined>(
      (best, one) =>
        !best || Math.abs(dayOf(one.date) - dayOf(to.date)) < Math.abs(dayOf(best.date) - dayOf(to.date)) ? one : best,
      undefined,
    );

/** Red, green and blue where the input has them, else its first bands; the largest window, all pictures with one stretch. */
function picturesOf(looked: ReturnType<typeof windowsToLookAt>["looked"], bands: readonly string[], pixels: number) {
  const sizes = looked.map(({ grid }) => grid.width * grid.height);
  const largest = sizes.indexOf(Math.max(...sizes));
  const from = sizes.slice(0, largest).reduce((sum, size) => sum + size, 0);
  const colors = [["B04", "red", "R"], ["B03", "green", "G"], ["B02", "blue", "B"]].map((words) => bands.findIndex((band) => words.some((word) => word.toLowerCase() === band.toLowerCase()))); // biome-ignore format: one table
  const last = bands.length - 1;
  const channels = colors.every((at) => at >= 0) ? colors : [0, Math.min(1, last), last === 1 ? 0 : Math.min(2, last)];
  return (dates: readonly StackDate[]): SmallPicture[] => {
    const grid = looked[largest]?.grid;
    if (!grid) return [];
    const plane = (values: Float32Array, band: number) =>
      values.subarray(band * pixels + from, band * pixels + from + sizes[largest]!);
    // As the date that is as it should be is stretched, so that the other one shows what is wrong with it.
    const range = channels.map((band) => {
      const sorted = plane(dates.at(-1)!.values, band)
        .filter((value) => Number.isFinite(value))
        .sort();
      return sorted.length === 0 ? ([0, 1] as const) : ([percentile(sorted, 0.02), percentile(sorted, 0.98)] as const);
    });
    return dates.map(({ date, values }) => {
      const rgb = new Uint8Array(3 * sizes[largest]!);
      channels.forEach((band, c) => {
        const [low, high] = range[c]!;
        plane(values, band).forEach((value, i) => {
          // What is not seen clearly is grey, as the map's ground.
          rgb[3 * i + c] = Number.isNaN(value) ? 128 : Math.round(255 * Math.max(0, Math.min(1, (value - low) / (high - low || 1)))); // biome-ignore format: one value
        });
      });
      return { date, width: grid.width, height: grid.height, rgb: Buffer.from(rgb).toString("base64") };
    });
  };
}

function withFewPictures(findings: readonly StackFinding[]): StackFinding[] {
  let left = mostPictures;
  return findings.map((finding) =>
    finding.pictures.length === 0 || left-- > 0 ? finding : { ...finding, pictures: [] },
  );
}
