// How far the dates of a modality lie beside a reference. What is measured is kept date by date in the job's folder: a job that was
// interrupted goes on with the next date, and the finished file is what the project shows later.
import { join } from "node:path";
import type { AlignedDate, AlignResult, AlignSpec } from "../../src-shared/domain/alignment.ts";
import { measureSeries } from "../alignment/index.ts";
import { readJsonFile, writeJsonFile } from "../files/index.ts";
import { rasterReader } from "../imagery/index.ts";
import type { JobContext } from "./context.ts";

/** In the job's folder: an `AlignResult`; before the end with the dates so far. */
export const alignmentFileName = "alignment.json";

/**
 * Measures the dates; the images and the project stay as they are.
 * @throws what reading images throws
 */
export async function align(spec: AlignSpec, { signal, phase, log }: JobContext): Promise<AlignResult> {
  const { imagery, modality, reference, model, grid, folder } = spec;
  const byId = new Map(imagery.acquisitions.map((acquisition) => [acquisition.id, acquisition]));
  const named = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const { acquisitions } = imagery.modalities.find(({ name }) => name === modality)!;
  const path = join(folder, alignmentFileName);
  const facts = { modality, reference, model };
  const known = spec.resume ? (readJsonFile(path) as { dates?: AlignedDate[] } | undefined)?.dates : undefined;
  const reader = rasterReader();
  try {
    const measured = await measureSeries(reader, {
      area: grid.geobox,
      dates: named(acquisitions),
      reference: named(reference),
      model,
      known,
      signal,
      onReference: (fraction) => phase("Reading the reference", fraction),
      onDate(dates, count) {
        writeJsonFile(path, { ...facts, dates });
        log(lineOf(dates.at(-1)!));
        phase("Comparing dates", dates.length / count);
      },
    });
    const result: AlignResult = { ...facts, ...measured };
    writeJsonFile(path, result);
    return result;
  } finally {
    await reader.close();
  }
}

const lineOf = ({ date, off, error, refused }: AlignedDate): string =>
  refused === null
    ? `${date}: ${off!.toFixed(2)} pixels off${error === null ? "" : `, ± ${error.toFixed(2)}`}`
    : `${date}: ${refused}`;
