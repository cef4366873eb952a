import { z } from "zod";
import { alignModels } from "../../../src-shared/domain/alignment.ts";
import type { Shift } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { AlignmentCommands } from "../../../src-shared/ipc/alignment.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { Tasks } from "../tasks.ts";
import { validated } from "../validated.ts";
import { correctionsOf, lastMeasured, planAlignment } from "./dates.ts";
import { measureBetween } from "./measure.ts";
import { alignmentReport } from "./report.ts";

const id = z.string().min(1);
/** Further than this is no correction: the image is of another place, or its CRS is wrong. */
const furthest = 100_000;
const meters = z.number().min(-furthest).max(furthest);

type Shifts = readonly { readonly id: string; readonly shift: Shift | null }[];

/** How layers lie on the project's grid and on each other, and corrections of it. */
export function alignmentService(deps: Deps, queue: JobQueue): AlignmentCommands {
  const { catalog, announce } = deps;
  const tasks = new Tasks(announce);

  const acquisition = (wanted: string) => {
    const found = catalog.acquisitions.get(wanted);
    if (!found) throw new AppError("layer-not-found", { id: wanted });
    return found;
  };

  const setShifts = (shifts: Shifts): void => {
    const [first] = shifts.map((entry) => acquisition(entry.id));
    const name = first!.name ?? first!.date;
    const key = shifts.every(({ shift }) => shift === null) ? "alignment.reset" : "alignment.shift";
    edit(deps, { key, params: { count: shifts.length, name } }, () => {
      for (const { id, shift } of shifts) {
        const moved = shift && (shift.dx !== 0 || shift.dy !== 0 || shift.bend) ? shift : null;
        catalog.acquisitions.setShift(id, moved);
      }
    });
  };

  return {
    "alignment.report": validated("alignment.report", z.strictObject({}), () => alignmentReport(catalog)),

    "alignment.measure": validated(
      "alignment.measure",
      z.strictObject({ moving: id, reference: id, token: z.string().min(1).max(100).optional() }),
      ({ moving, reference, token }) =>
        tasks.run(token, (signal, onProgress) =>
          measureBetween({
            grid: catalog.project.get().grid,
            moving: acquisition(moving),
            reference: acquisition(reference),
            signal,
            onProgress,
          }),
        ),
    ),

    "alignment.stop": validated("alignment.stop", z.strictObject({ token: z.string().min(1) }), (request) =>
      tasks.stop(request.token),
    ),

    "alignment.setShift": validated(
      "alignment.setShift",
      z.strictObject({
        shifts: z.array(z.strictObject({ id, shift: z.strictObject({ dx: meters, dy: meters }).nullable() })).min(1),
      }),
      ({ shifts }) =>
        // What differs from place to place stays: a hand moves the whole.
        setShifts(
          shifts.map(({ id, shift }) => {
            const { bend } = acquisition(id).shift ?? {};
            return { id, shift: shift && bend ? { ...shift, bend } : shift };
          }),
        ),
    ),

    "alignment.align": validated(
      "alignment.align",
      z.strictObject({
        modality: id.optional(),
        reference: id.optional(),
        against: id.optional(),
        model: z.enum(alignModels).optional(),
      }),
      (request) => queue.start(planAlignment(deps, request)),
    ),

    "alignment.dates": validated("alignment.dates", z.strictObject({ modality: id.optional() }), ({ modality }) =>
      lastMeasured(catalog, modality),
    ),

    "alignment.apply": validated(
      "alignment.apply",
      z.strictObject({
        job: z.int().positive(),
        pixels: z.number().min(0).max(furthest),
        acquisitions: z.array(id).max(100_000).optional(),
      }),
      (request) => {
        const shifts = correctionsOf(catalog, request);
        if (shifts.length > 0) setShifts(shifts);
        return shifts.map((one) => one.id);
      },
    ),
  };
}
