// All dates of a modality against one reference: what the job is asked, what it found, and the corrections that follow.
import { join } from "node:path";
import { z } from "zod";
import { type AlignedDate, alignModels, datesBeyond } from "../../../src-shared/domain/alignment.ts";
import type { Acquisition, Modality } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bend, isBend } from "../../../src-shared/geo/bend.ts";
import type { AlignRequest, MeasuredDates } from "../../../src-shared/ipc/alignment.ts";
import { type Catalog, type Job, readPlainText } from "../../catalog/index.ts";
import { alignmentFileName } from "../../jobs/align.ts";
import type { Deps } from "../deps.ts";
import type { NewSpec } from "../jobs/jobs.ts";
import { imageryOf } from "../rasters/imagery.ts";

/** A median of fewer dates is half made of the date that is measured. */
const fewestForMedian = 5;

type PlannedSpec = Extract<NewSpec, { kind: "align" }>;

/**
 * What a job measures: which modality, against which images.
 * @throws AppError "align-which-modality", "align-reference-unknown", "align-too-few-dates", and those of `imageryOf`
 */
export function planAlignment(
  { catalog, appVersion }: Pick<Deps, "catalog" | "appVersion">,
  request: AlignRequest,
): PlannedSpec {
  const all = catalog.modalities.list();
  const moving = movingModality(all, request.modality);
  const against = request.against ?? moving;
  const imagery = imageryOf(catalog, [...new Set([moving, against])]);
  const datesOf = (name: string): readonly Acquisition[] => {
    const ids = new Set(imagery.modalities.find((one) => one.name === name)?.acquisitions);
    return imagery.acquisitions.filter(({ id }) => ids.has(id));
  };
  const candidates = datesOf(against);
  const wanted = request.reference ?? "median";
  const reference =
    wanted === "median"
      ? candidates
      : candidates.filter(({ id, date, name }) => [id, date, name].includes(wanted)).slice(0, 1);
  if (reference.length === 0) throw new AppError("align-reference-unknown", { name: wanted, modality: against });
  const others = datesOf(moving).filter(({ id }) => reference.length > 1 || id !== reference[0]!.id);
  if (others.length === 0 || (wanted === "median" && reference.length < fewestForMedian))
    throw new AppError("align-too-few-dates", { modality: against, count: reference.length, least: fewestForMedian });
  return {
    kind: "align",
    seed: 0,
    provider: "cpu",
    appVersion,
    grid: catalog.project.get().grid,
    imagery,
    modality: moving,
    reference: reference.map(({ id }) => id),
    model: request.model ?? "shift",
  };
}

/** The one that is named, else the only series of optical images. */
function movingModality(all: readonly Modality[], name: string | undefined): string {
  if (name !== undefined) return name;
  const series = all.filter(({ kind }) => kind === "series");
  const optical = series.filter(({ sensor }) => sensor !== "sentinel-1");
  const [only, ...others] = optical.length > 0 ? optical : series;
  if (!only || others.length > 0) throw new AppError("align-which-modality", { available: all.map((one) => one.name) });
  return only.name;
}

const shift = z.object({ dx: z.number(), dy: z.number(), bend: z.custom<Bend>(isBend).optional() });
const share = z.number().min(0).max(1);
const stored = z.object({
  modality: z.string(),
  reference: z.array(z.string()).max(100_000),
  model: z.enum(alignModels),
  bands: z.object({ moving: z.string(), reference: z.string() }),
  resolution: z.number().positive(),
  dates: z
    .array(
      z.object({
        acquisition: z.string(),
        date: z.string(),
        before: shift.nullable(),
        correction: shift.nullable(),
        off: z.number().min(0).nullable(),
        error: z.number().min(0).nullable(),
        residual: z.number().min(0).nullable(),
        confidence: share,
        windows: z.object({ used: z.number(), all: z.number() }),
        clear: share,
        reach: z.number(),
        refused: z.enum(["texture", "clouds", "overlap", "ambiguous", "inconsistent", "too-far"]).nullable(),
      }),
    )
    .max(100_000),
});

/** What the last finished job measured, of one modality or of any; without dates that have been removed since. */
export function lastMeasured(catalog: Catalog, modality: string | undefined): MeasuredDates | null {
  const jobs = catalog.jobs.list().filter(({ kind, state }) => kind === "align" && state === "finished");
  const acquisitions = catalog.acquisitions.list();
  for (const job of jobs.sort((p, q) => q.id - p.id)) {
    const found = readMeasured(acquisitions, job);
    if (found && (modality === undefined || found.modality === modality)) return found;
  }
  return null;
}

function readMeasured(acquisitions: readonly Acquisition[], job: Job): MeasuredDates | null {
  let text: string;
  try {
    text = readPlainText(join(job.folder, alignmentFileName));
  } catch {
    // Its folder was cleared, or it was never written to its end.
    return null;
  }
  const found = stored.safeParse(parsed(text));
  if (!found.success) return null;
  const { dates, ...rest } = found.data;
  const known = new Map(acquisitions.map((acquisition) => [acquisition.id, acquisition]));
  return {
    ...rest,
    job: job.id,
    at: job.finishedAt ?? job.createdAt,
    dates: dates.flatMap((date) => {
      const acquisition = known.get(date.acquisition);
      return acquisition ? [{ ...date, name: acquisition.name ?? null, applied: isApplied(date, acquisition) }] : [];
    }),
  };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isApplied = ({ correction }: AlignedDate, { shift: own }: Acquisition): boolean =>
  correction != null && own !== undefined && JSON.stringify(correction) === JSON.stringify(own);

/** The corrections that follow from what a job measured, without those that are there already. @throws AppError "align-not-measured" */
export function correctionsOf(
  catalog: Catalog,
  { job: id, pixels, acquisitions }: { job: number; pixels: number; acquisitions?: readonly string[] | undefined },
): { readonly id: string; readonly shift: NonNullable<Acquisition["shift"]> }[] {
  const job = catalog.jobs.get(id);
  const measured =
    job?.kind === "align" && job.state === "finished" ? readMeasured(catalog.acquisitions.list(), job) : null;
  if (!measured) throw new AppError("align-not-measured", { job: id });
  const chosen = acquisitions && new Set(acquisitions);
  const open = measured.dates.filter((date) => !date.applied && (!chosen || chosen.has(date.acquisition)));
  return datesBeyond(open, pixels).map(({ acquisition, correction }) => ({
    id: acquisition,
    shift: correction!,
  }));
}
