import { z } from "zod";
import { allocations, cannotTell, otherClass, sampleMethods } from "../../../src-shared/domain/area-sample.ts";
import { freeName } from "../../../src-shared/domain/free-name.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import { resolutionOf } from "../../../src-shared/geo/geobox.ts";
import type { AreaCommands, SamplePlanAnswer, SampleSummary } from "../../../src-shared/ipc/areas.ts";
import { planSample, predictedError } from "../../learning/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { writable } from "../exports/exports.ts";
import { expectedUsersAccuracy, squareMetersPerPixel } from "../maps/accuracy.ts";
import { legendOfMap } from "../maps/maps.ts";
import { filePath } from "../path-gate.ts";
import { Tasks } from "../tasks.ts";
import { validated } from "../validated.ts";
import { readAnswers, writeAnswers } from "./answers.ts";
import { drawPlaces } from "./draw.ts";
import { estimateOther, estimateOwn } from "./estimate.ts";

const id = z.int().positive();
const byId = z.strictObject({ id });
const name = z.string().trim().min(1).max(200);
const token = z.string().min(1).max(100);
const share = z.number().min(0).max(1);
const mostUnits = 100_000;

const wish = {
  map: id,
  method: z.enum(sampleMethods).default("stratified"),
  allocation: z.enum(allocations).default("proportional"),
  minimum: z.int().min(0).max(10_000).default(30),
  units: z.int().min(1).max(mostUnits).optional(),
  error: z.number().min(0.001).max(0.5).default(0.05),
  of: id.optional(),
  expected: z.record(z.string(), share).default({}),
};
type Wish = z.output<z.ZodObject<typeof wish>>;

/** What is expected of a class that was never measured. */
const usualAccuracy = 0.75;

/** Probability samples of maps: plan, draw, answer blindly, estimate. Their answers never teach. */
export function areaService({ catalog, announce }: Deps): AreaCommands {
  const tasks = new Tasks(announce);
  const changed = () => announceChanged(announce, "area_samples", "area_units");
  const summary = (sample: number): SampleSummary => ({
    ...catalog.areaSamples.get(sample),
    ...catalog.areaSamples.counts(sample),
  });

  const plan = async (request: Wish): Promise<SamplePlanAnswer> => {
    const { method, allocation, minimum, units, error, of } = request;
    const map = catalog.maps.get(request.map);
    const measured = expectedUsersAccuracy(catalog, map);
    const perPixel = squareMetersPerPixel(map) / 10_000;
    const classes = (await legendOfMap(map)).map((look) => ({
      ...look,
      pixels: map.files.pixels[look.code] ?? 0,
      expected: request.expected[look.code] ?? measured.get(look.code) ?? usualAccuracy,
      measured: request.expected[look.code] === undefined && measured.has(look.code),
    }));
    if (classes.every(({ pixels }) => pixels === 0)) throw new AppError("sample-of-empty-map", { name: map.name });
    const strata = classes.map(({ pixels, expected }) => ({ size: pixels, expected }));
    const at = classes.findIndex(({ code }) => code === of);
    const planned = planSample(strata, {
      method,
      allocation,
      minimum,
      wanted: units === undefined ? { error } : { units },
      figure: at < 0 ? "overall" : at,
    });
    const hectares = perPixel * strata.reduce((sum, { size }) => sum + size, 0);
    return {
      method,
      units: planned.total,
      error: planned.error,
      hectares,
      classes: classes.map(({ pixels, ...own }, h) => ({
        ...own,
        hectares: pixels * perPixel,
        units: planned.units[h]!,
        error: hectares * predictedError(strata, planned.units, h),
      })),
    };
  };

  return {
    "areas.plan": validated("areas.plan", z.strictObject(wish), plan),

    "areas.draw": validated(
      "areas.draw",
      z.strictObject({
        ...wish,
        name: name.optional(),
        seed: z
          .int()
          .min(0)
          .max(2 ** 31)
          .default(1),
        token: token.optional(),
      }),
      async (request) => {
        const { method, allocation, minimum, seed } = request;
        const map = catalog.maps.get(request.map);
        if (request.name !== undefined && catalog.areaSamples.has(request.name))
          throw new AppError("sample-exists", { name: request.name });
        const planned = await plan(request);
        if (planned.units > mostUnits)
          throw new AppError("sample-too-large", { places: Math.round(planned.units), most: mostUnits });
        const stratified = method === "stratified";
        const drawn = await tasks.run(request.token, (signal, progress) =>
          drawPlaces(
            map.files.classPath,
            {
              method,
              seed,
              codes: planned.classes.map(({ code }) => code),
              units: stratified ? planned.classes.map(({ units }) => units) : [planned.units],
            },
            signal,
            progress,
          ),
        );
        if (drawn.units.length === 0)
          throw new AppError("sample-missed-map", { name: map.name, places: planned.units });
        const own = request.name ?? freeName(map.name, (wanted) => catalog.areaSamples.has(wanted));
        const sample = catalog.areaSamples.add(
          {
            name: own,
            mapId: map.id,
            design: {
              method,
              seed,
              allocation: stratified ? allocation : null,
              minimum: stratified ? minimum : 0,
              spacing: drawn.spacing,
              grid: map.area,
              squareMetersPerPixel: squareMetersPerPixel(map),
              strata: planned.classes.map(({ code, name: title, color, source, expected }, k) => ({
                code,
                name: title,
                color,
                ...(source === undefined ? {} : { source }),
                pixels: drawn.pixels[k]!,
                expected,
              })),
              mapName: map.name,
            },
          },
          drawn.units,
        );
        changed();
        return summary(sample);
      },
    ),

    "areas.stop": validated("areas.stop", z.strictObject({ token }), (request) => tasks.stop(request.token)),

    "areas.list": validated("areas.list", z.strictObject({}), () =>
      catalog.areaSamples.list().map((sample) => ({ ...sample, ...catalog.areaSamples.counts(sample.id) })),
    ),

    "areas.places": validated("areas.places", byId, (request) => {
      const { name: title, design } = catalog.areaSamples.get(request.id);
      return {
        id: request.id,
        name: title,
        side: resolutionOf(design.grid),
        classes: design.strata.map(({ code, name: own, color, source }) => ({
          code,
          name: own,
          color,
          ...(source === undefined ? {} : { source }),
        })),
        places: catalog.areaSamples.units(request.id).map(({ position, col, row, answer }) => {
          const [x, y] = apply(design.grid.affine, col + 0.5, row + 0.5);
          return { position, x, y, answer };
        }),
      };
    }),

    "areas.answer": validated(
      "areas.answer",
      byId.extend({ position: id, answer: z.int().min(cannotTell).nullable() }),
      (request) => {
        const { id: sample, position, answer } = request;
        const { name: title, design } = catalog.areaSamples.get(sample);
        const known = [otherClass, cannotTell, null, ...design.strata.map(({ code }) => code)];
        if (!known.includes(answer))
          throw new AppError("sample-answer-unknown", {
            name: title,
            answer: String(answer),
            classes: design.strata.map((one) => one.name),
          });
        if (!catalog.areaSamples.answer(sample, position, answer))
          throw new AppError("sample-place-not-found", {
            name: title,
            position,
            places: catalog.areaSamples.units(sample).length,
          });
        changed();
      },
    ),

    "areas.estimate": validated("areas.estimate", byId.extend({ map: id.optional() }), async (request) => {
      const sample = catalog.areaSamples.get(request.id);
      const units = catalog.areaSamples.units(request.id);
      if (request.map === undefined || request.map === sample.mapId) return estimateOwn(sample, units);
      return estimateOther(sample, units, catalog.maps.get(request.map));
    }),

    "areas.export": validated(
      "areas.export",
      byId.extend({ to: filePath, overwrite: z.boolean().default(false) }),
      (request) => {
        // What gets its extension here was not named, so nothing of that name is replaced.
        const named = /\.(gpkg|csv)$/i.test(request.to);
        const path = writable(catalog, named ? request.to : `${request.to}.gpkg`, request.overwrite && named);
        const units = catalog.areaSamples.units(request.id);
        writeAnswers(catalog.areaSamples.get(request.id), units, path);
        return { path, places: units.length };
      },
    ),

    "areas.import": validated(
      "areas.import",
      byId.extend({ path: filePath, replace: z.boolean().default(false) }),
      async (request) => {
        const sample = catalog.areaSamples.get(request.id);
        const answers = await readAnswers(sample, catalog.areaSamples.units(request.id), request.path);
        const counts = { answered: 0, same: 0, kept: 0 };
        catalog.transaction(() => {
          for (const { position, answer } of catalog.areaSamples.units(request.id)) {
            const read = answers.get(position);
            if (read === undefined) continue;
            if (read === answer) counts.same++;
            else if (answer !== null && !request.replace) counts.kept++;
            else {
              catalog.areaSamples.answer(request.id, position, read);
              counts.answered++;
            }
          }
        });
        changed();
        const { places, answered } = summary(request.id);
        return { ...counts, open: places - answered };
      },
    ),

    "areas.rename": validated("areas.rename", byId.extend({ name }), (request) => {
      catalog.areaSamples.get(request.id);
      catalog.areaSamples.rename(request.id, request.name);
      changed();
    }),

    "areas.remove": validated("areas.remove", byId, (request) => {
      catalog.areaSamples.get(request.id);
      catalog.areaSamples.remove(request.id);
      changed();
    }),
  };
}
