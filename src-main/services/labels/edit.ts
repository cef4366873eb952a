import { z } from "zod";
import type { Label, LabelShape } from "../../../src-shared/domain/label.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { LabelCommands } from "../../../src-shared/ipc/labels.ts";
import { areaOf, divide, type Polygonal, subtract, translated, unite, withoutLoops } from "../../vector/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { validated } from "../validated.ts";
import { legendFor } from "./active.ts";
import { blockAround, joinSplit } from "./joining.ts";
import { multi, patchAround, shapeOf } from "./shape.ts";

const position = z.tuple([z.number(), z.number()]);
const coordinates = z.array(z.array(z.array(position).min(1)).min(1)).min(1);
const ids = z.array(z.int().positive()).min(1).max(200_000);
const date = z.iso.date().nullable();
const properties = z.record(z.string().min(1).max(200), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const newLabel = z
  .strictObject({
    classCode: z.int().min(1).max(254),
    coordinates: coordinates.optional(),
    point: position.optional(),
    drawn: z.enum(["polygon", "rectangle", "freehand", "point"]).optional(),
    properties: properties.optional(),
    validFrom: date.optional(),
    validTo: date.optional(),
  })
  .refine((label) => (label.coordinates === undefined) !== (label.point === undefined), "a shape or a point is needed");

type Edits = Pick<
  LabelCommands,
  | "labels.add"
  | "labels.update"
  | "labels.move"
  | "labels.setClass"
  | "labels.setValidity"
  | "labels.setProperties"
  | "labels.remove"
  | "labels.divide"
  | "labels.merge"
  | "labels.cut"
>;

/** Everything that is done to labels by hand. Each command is one transaction and one step of the history. */
export function labelEdits(deps: Deps): Edits {
  const { catalog } = deps;
  const grid = () => catalog.project.get().grid.geobox;

  /** All of the labels. @throws AppError when some no longer exist */
  const found = (wanted: readonly number[]): Label[] => {
    const labels = catalog.labels.find({ ids: wanted });
    if (labels.length !== new Set(wanted).size) throw new AppError("label-missing", {});
    return labels;
  };

  const expectClass = (legendId: number, code: number): string => {
    const known = catalog.legends.classes(legendId).find((one) => one.code === code);
    if (!known) throw new AppError("class-missing", { code });
    return known.name;
  };

  const reshape = (label: Label, shape: LabelShape): void => {
    catalog.labels.setShape(label.id, shape);
    const moved = { ...label, ...shape, cells: null };
    const split = catalog.splits.current(label.legendId);
    // A label that moved into another block of the split is of that block's set; one that stayed keeps its own.
    const side = (split?.parameters as { blockMeters?: number } | undefined)?.blockMeters;
    const same =
      side !== undefined &&
      JSON.stringify(blockAround(label.x, label.y, side)) === JSON.stringify(blockAround(shape.x, shape.y, side));
    if (split?.method === "random" || (split?.method === "blocks" && (split.blocks || !same)))
      joinSplit(catalog, [moved]);
  };

  const insert = (label: Omit<Label, "id">): Label => {
    const [id] = catalog.labels.add([label]);
    return { ...label, id: id! };
  };

  return {
    "labels.add": validated(
      "labels.add",
      z.strictObject({
        legendId: z.int().optional(),
        labels: z.array(newLabel).min(1).max(10_000),
        teaching: z.boolean().default(false),
      }),
      ({ legendId, labels, teaching }) => {
        const legend = legendFor(catalog, legendId);
        const box = grid();
        const rows = labels.map((label): Omit<Label, "id"> => {
          expectClass(legend.id, label.classCode);
          const outline = label.point ? patchAround(label.point, box) : label.coordinates!;
          const patch = Math.abs(box.affine.b * box.affine.f);
          const drawn = label.point ? "point" : label.drawn;
          const clean = drawn === "freehand" ? withoutLoops(multi(outline), patch / 100).coordinates : outline;
          checkValidity(label.validFrom ?? null, label.validTo ?? null);
          return {
            legendId: legend.id,
            classCode: label.classCode,
            ...shapeOf(clean, box),
            cells: null,
            importId: null,
            feature: null,
            properties: { ...label.properties, ...(drawn ? { drawn } : {}) },
            validFrom: label.validFrom ?? null,
            validTo: label.validTo ?? null,
          };
        });
        return edit(deps, { key: "labels.add", params: { count: rows.length } }, () => {
          const added = rows.map(insert);
          joinSplit(catalog, added, { teaching });
          return { ids: added.map(({ id }) => id) };
        });
      },
    ),

    "labels.update": validated(
      "labels.update",
      z.strictObject({ labels: z.array(z.strictObject({ id: z.int().positive(), coordinates })).min(1) }),
      ({ labels }) => {
        const before = new Map(found(labels.map(({ id }) => id)).map((label) => [label.id, label]));
        const box = grid();
        const shapes = labels.map((label) => shapeOf(label.coordinates, box));
        edit(deps, { key: "labels.update", params: { count: labels.length } }, () => {
          labels.forEach(({ id }, i) => {
            reshape(before.get(id)!, shapes[i]!);
          });
        });
      },
    ),

    "labels.move": validated(
      "labels.move",
      z.strictObject({ ids, dx: z.number(), dy: z.number() }),
      ({ ids: wanted, dx, dy }) => {
        const labels = found(wanted);
        const box = grid();
        const shapes = labels.map((label) => shapeOf(translated(multi(label.coordinates), dx, dy).coordinates, box));
        edit(deps, { key: "labels.move", params: { count: labels.length } }, () => {
          labels.forEach((label, i) => {
            reshape(label, shapes[i]!);
          });
        });
      },
    ),

    "labels.setClass": validated(
      "labels.setClass",
      z.strictObject({ ids, classCode: z.int().min(1).max(254) }),
      ({ ids: wanted, classCode }) => {
        const labels = found(wanted);
        const names = new Set(labels.map(({ legendId }) => expectClass(legendId, classCode)));
        const params = { count: labels.length, name: [...names].join(", ") };
        edit(deps, { key: "labels.setClass", params }, () => {
          for (const label of labels) if (label.classCode !== classCode) catalog.labels.setClass(label.id, classCode);
        });
      },
    ),

    "labels.setValidity": validated(
      "labels.setValidity",
      z.strictObject({ ids, validFrom: date, validTo: date }),
      ({ ids: wanted, validFrom, validTo }) => {
        checkValidity(validFrom, validTo);
        const labels = found(wanted);
        edit(deps, { key: "labels.setValidity", params: { count: labels.length } }, () => {
          for (const { id } of labels) catalog.labels.setValidity(id, validFrom, validTo);
        });
      },
    ),

    "labels.setProperties": validated(
      "labels.setProperties",
      z.strictObject({ ids, properties }),
      ({ ids: wanted, properties: changes }) => {
        const labels = found(wanted);
        edit(deps, { key: "labels.setProperties", params: { count: labels.length } }, () => {
          const changed = labels.map((label): Label => {
            const entries = Object.entries({ ...label.properties, ...changes }).filter(([, value]) => value !== null);
            return { ...label, properties: Object.fromEntries(entries) };
          });
          for (const label of changed) catalog.labels.setProperties(label.id, label.properties);
          joinSplit(
            catalog,
            changed.filter(({ legendId }) => catalog.splits.current(legendId)?.method === "field"),
          );
        });
      },
    ),

    "labels.remove": validated("labels.remove", z.strictObject({ ids }), ({ ids: wanted }) => {
      const labels = found(wanted);
      edit(deps, { key: "labels.remove", params: { count: labels.length } }, () => catalog.labels.remove(wanted));
    }),

    "labels.divide": validated(
      "labels.divide",
      z.strictObject({ ids, line: z.array(position).min(2) }),
      ({ ids: wanted, line }) => {
        const box = grid();
        const divided = found(wanted).flatMap((label) => {
          const pieces = divide(multi(label.coordinates), line).toSorted((p, q) => areaOf(q) - areaOf(p));
          const shapes = pieces.map((piece) => shapeOf([piece.coordinates], box));
          return pieces.length > label.coordinates.length ? [{ label, shapes }] : [];
        });
        if (divided.length === 0) throw new AppError("labels-not-divided", {});
        const params = { count: divided.reduce((sum, { shapes }) => sum + shapes.length, 0) };
        return edit(deps, { key: "labels.divide", params }, () => ({
          ids: divided.flatMap(({ label, shapes }) => {
            const [largest, ...others] = shapes;
            reshape(label, largest!);
            const added = others.map((shape) => insert({ ...label, ...shape, cells: null }));
            joinSplit(catalog, added);
            return [label.id, ...added.map(({ id }) => id)];
          }),
        }));
      },
    ),

    "labels.merge": validated("labels.merge", z.strictObject({ ids }), ({ ids: wanted }) => {
      const labels = found(wanted);
      if (labels.length < 2) throw new AppError("labels-merge-few", {});
      const codes = [...new Set(labels.map(({ classCode }) => classCode))];
      if (codes.length > 1) {
        const classes = codes.map((code) => expectClass(labels[0]!.legendId, code));
        throw new AppError("labels-merge-classes", { classes });
      }
      const shape = shapeOf(unite(labels.map((label) => multi(label.coordinates))).coordinates, grid());
      const area = (label: Label) => areaOf(multi(label.coordinates));
      const [kept, ...others] = labels.toSorted((p, q) => area(q) - area(p));
      return edit(deps, { key: "labels.merge", params: { count: labels.length } }, () => {
        catalog.labels.remove(others.map(({ id }) => id));
        reshape(kept!, shape);
        return { id: kept!.id };
      });
    }),

    "labels.cut": validated(
      "labels.cut",
      z.strictObject({ ids, coordinates }),
      ({ ids: wanted, coordinates: outline }) => {
        const box = grid();
        const hole = withoutLoops(multi(outline), 0);
        const cut = found(wanted).flatMap((label) => {
          const before: Polygonal = multi(label.coordinates);
          const rest = subtract(before, hole);
          if (rest.coordinates.length === 0) throw new AppError("labels-cut-apart", {});
          return areaOf(before) - areaOf(rest) > 1e-9 * areaOf(before)
            ? [{ label, shape: shapeOf(rest.coordinates, box) }]
            : [];
        });
        if (cut.length === 0) throw new AppError("labels-cut-beside", {});
        edit(deps, { key: "labels.cut", params: { count: cut.length } }, () => {
          for (const { label, shape } of cut) reshape(label, shape);
        });
      },
    ),
  };
}

function checkValidity(from: string | null, to: string | null): void {
  if (from !== null && to !== null && to < from) throw new AppError("label-validity", { from, to });
}
