import { z } from "zod";
import type { Imagery } from "../../../src-shared/domain/job.ts";
import type { ChangeSide, ChangeSpec } from "../../../src-shared/domain/numbers.ts";
import { isUndated } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { comparedInputs } from "../../jobs/change.ts";
import type { Deps } from "../deps.ts";
import { filePath } from "../path-gate.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { otherPlaces } from "../runs/other-places.ts";

const period = {
  first: z.iso.date().optional(),
  last: z.iso.date().optional(),
  name: z.string().trim().min(1).max(100).optional(),
};

export const changeSchema = z.strictObject({
  before: z.strictObject(period),
  after: z.strictObject({ ...period, project: filePath.optional() }),
  modalities: z.array(z.string().min(1)).min(1).optional(),
  name: z.string().trim().min(1).max(200).optional(),
});
type ChangeInputRequest = z.output<typeof changeSchema>;

/**
 * What is compared: the project's images of two periods, or those of another project on the same patches.
 * @throws AppError "change-period-reversed", "change-period-empty", "change-periods-overlap", "change-without-months", "change-several-years", "change-other-grid", and what opening the other project throws
 */
export async function planChange(
  deps: Pick<Deps, "catalog" | "appVersion">,
  { before, after, modalities }: ChangeInputRequest,
): Promise<Pick<ChangeSpec, "kind" | "grid" | "before" | "after" | "title">> {
  const { catalog } = deps;
  const { grid, name } = catalog.project.get();
  const own = imageryOf(catalog, modalities);
  let other: { readonly name: string; readonly imagery: Imagery } = { name, imagery: own };
  if (after.project !== undefined) {
    const [place] = await otherPlaces(deps, [after.project], modalities);
    const { patchMeters, geobox } = place!.grid;
    if (patchMeters !== grid.patchMeters || geobox.crs !== grid.geobox.crs)
      throw new AppError("change-other-grid", { name: place!.name });
    other = place!;
  }
  const sides = [sideOf(before, own, name, after.project !== undefined), sideOf(after, other.imagery, other.name, after.project !== undefined)] as const; // biome-ignore format: one line
  const [first, second] = sides;
  // Without dates a month of several years would be mixed, and a change between them hidden.
  for (const [side, given, imagery] of [[first, before, own], [second, after, other.imagery]] as const) // biome-ignore format: one line
    if (given.first === undefined && given.last === undefined) {
      const years = mixedYears(imagery);
      if (years.length > 0) throw new AppError("change-several-years", { name: side.name, years });
    }
  if (after.project === undefined && second.first <= first.last)
    throw new AppError("change-periods-overlap", { from: first.name, to: second.name });
  // Said now, and not by a job.
  if (comparedInputs(first, second).inputs.length === 0)
    throw new AppError("change-without-months", { from: first.name, to: second.name });
  return { kind: "change", grid, before: first, after: second, title: `${first.name} → ${second.name}` };
}

/** Years that have images of the same month; none where every month has images of one year. */
function mixedYears({ acquisitions }: Imagery): number[] {
  const months = Map.groupBy(
    acquisitions.filter((one) => !isUndated(one)),
    ({ date }) => date.slice(5, 7),
  );
  const mixed = [...months.values()]
    .map((own) => new Set(own.map(({ date }) => Number(date.slice(0, 4)))))
    .filter(({ size }) => size > 1);
  return [...new Set(mixed.flatMap((years) => [...years]))].sort();
}

/** The images of a period; without dates all of them. */
function sideOf(
  {
    first,
    last,
    name,
  }: { readonly first?: string | undefined; readonly last?: string | undefined; readonly name?: string | undefined },
  imagery: Imagery,
  project: string,
  byProject: boolean,
): ChangeSide {
  const dates = imagery.acquisitions.map(({ date }) => date.slice(0, 10)).sort();
  const [start, end] = [first ?? dates[0] ?? "", last ?? dates.at(-1) ?? ""];
  const inside = imagery.acquisitions.filter(({ date }) => date.slice(0, 10) >= start && date.slice(0, 10) <= end);
  const given = first ?? last;
  const called = name ?? (byProject && given === undefined ? project : `${start} – ${end}`);
  if (start > end) throw new AppError("change-period-reversed", { from: start, to: end });
  if (inside.length === 0) throw new AppError("change-period-empty", { name: called, from: start, to: end });
  const ids = new Set(inside.map(({ id }) => id));
  const modalities = imagery.modalities
    .map((modality) => ({ ...modality, acquisitions: modality.acquisitions.filter((id) => ids.has(id)) }))
    .filter(({ acquisitions }) => acquisitions.length > 0);
  return { name: called, first: start, last: end, imagery: { ...imagery, modalities, acquisitions: inside } };
}
