import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { LegendCommands, ReadyLegend } from "../../../src-shared/ipc/legends.ts";
import { assertNoLinkOut, type Legend } from "../../catalog/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { activate, activeLegend, legendFor } from "../labels/active.ts";
import { freeCode, freeColor } from "../labels/classes.ts";
import { filePath } from "../path-gate.ts";
import { validated } from "../validated.ts";
import { readLegendFile, writeLegendFile } from "./files.ts";

const readyFolder = join(import.meta.dirname, "../../../resources/legends");

const id = z.int().positive();
const code = z.int().min(1).max(254);
const name = z.string().trim().min(1).max(120);
const color = z.string().regex(/^#[0-9a-f]{6}$/i, "a colour is #rrggbb");
const parent = z.string().trim().max(120);
const source = z.string().trim().max(200);
const legendClass = z.strictObject({ code, name, color, parent: parent.optional(), source: source.optional() });

const sameName = (p: string, q: string): boolean => p.trim().toLowerCase() === q.trim().toLowerCase();

/** Names, colours and codes of classes. */
export function legendService(deps: Deps): LegendCommands {
  const { catalog } = deps;

  const expectFreeName = (wanted: string, except?: number): void => {
    const taken = catalog.legends.list().find((one) => one.id !== except && sameName(one.name, wanted));
    if (taken) throw new AppError("legend-name-taken", { name: taken.name });
  };
  const classOf = ({ classes }: Legend, wanted: number) => {
    const found = classes.find((one) => one.code === wanted);
    if (!found) throw new AppError("class-missing", { code: wanted });
    return found;
  };
  const expectFreeClassName = ({ classes }: Legend, wanted: string, except?: number): void => {
    const taken = classes.find((one) => one.code !== except && sameName(one.name, wanted));
    if (taken) throw new AppError("class-name-taken", { name: taken.name });
  };
  /** “crops”, “crops 2” … */
  const freeName = (wanted: string): string => {
    const taken = catalog.legends.list();
    let free = wanted;
    for (let n = 2; taken.some((one) => sameName(one.name, free)); n++) free = `${wanted} ${n}`;
    return free;
  };
  const told = (legend: number): void => {
    activate(catalog, legend);
    announceChanged(deps.announce, "legends");
  };

  return {
    "legends.list": validated("legends.list", z.strictObject({}), () => ({
      active: activeLegend(catalog)?.id ?? null,
      legends: catalog.legends.list().map((legend) => ({
        ...legend,
        labels: [...catalog.labels.countByClass(legend.id).values()].reduce((p, q) => p + q, 0),
      })),
    })),

    "legends.ready": validated("legends.ready", z.strictObject({}), () =>
      readdirSync(readyFolder)
        .filter((file) => file.endsWith(".json"))
        .toSorted()
        .map((file) => JSON.parse(readFileSync(join(readyFolder, file), "utf8")) as ReadyLegend),
    ),

    "legends.activate": validated("legends.activate", z.strictObject({ id }), (request) => {
      told(legendFor(catalog, request.id).id);
    }),

    "legends.create": validated(
      "legends.create",
      z.strictObject({ name, classes: z.array(legendClass).max(254).readonly().default([]) }),
      (request) => {
        expectFreeName(request.name);
        const made = edit(deps, { key: "legends.create", params: { name: request.name } }, () => ({
          id: catalog.legends.put(
            request.name,
            request.classes.map(({ parent: group, source: from, ...one }) => ({
              ...one,
              ...(group ? { parent: group } : {}),
              ...(from ? { source: from } : {}),
            })),
          ),
        }));
        told(made.id);
        return made;
      },
    ),

    "legends.rename": validated("legends.rename", z.strictObject({ id, name }), (request) => {
      legendFor(catalog, request.id);
      expectFreeName(request.name, request.id);
      edit(deps, { key: "legends.rename", params: { name: request.name } }, () =>
        catalog.legends.rename(request.id, request.name),
      );
    }),

    "legends.remove": validated("legends.remove", z.strictObject({ id }), (request) => {
      const legend = legendFor(catalog, request.id);
      edit(deps, { key: "legends.remove", params: { name: legend.name } }, () => catalog.legends.remove(legend.id));
    }),

    "legends.addClass": validated(
      "legends.addClass",
      z.strictObject({ id, name, color: color.optional(), code: code.optional(), parent: parent.optional() }),
      (request) => {
        const legend = legendFor(catalog, request.id);
        expectFreeClassName(legend, request.name);
        const owner = legend.classes.find((one) => one.code === request.code);
        if (owner) throw new AppError("class-code-taken", { code: owner.code, name: owner.name });
        const colors = new Set(legend.classes.map((one) => one.color.toLowerCase()));
        const own = {
          code: request.code ?? freeCode(new Set(legend.classes.map((one) => one.code))),
          name: request.name,
          color: (request.color ?? freeColor(colors)).toLowerCase(),
          ...(request.parent ? { parent: request.parent } : {}),
        };
        return edit(deps, { key: "legends.addClass", params: { name: own.name } }, () => {
          catalog.legends.put(legend.name, [own]);
          return { code: own.code };
        });
      },
    ),

    "legends.updateClass": validated(
      "legends.updateClass",
      z.strictObject({
        id,
        code,
        newCode: code.optional(),
        name: name.optional(),
        color: color.optional(),
        parent: parent.optional(),
        source: source.optional(),
      }),
      (request) => {
        const legend = legendFor(catalog, request.id);
        const { parent: before, source: known, ...rest } = classOf(legend, request.code);
        if (request.name !== undefined) expectFreeClassName(legend, request.name, request.code);
        const owner = legend.classes.find((one) => one.code === request.newCode && one.code !== request.code);
        if (owner) throw new AppError("class-code-taken", { code: owner.code, name: owner.name });
        const group = request.parent ?? before;
        const code = request.source ?? known;
        const next = {
          ...rest,
          code: request.newCode ?? request.code,
          name: request.name ?? rest.name,
          color: (request.color ?? rest.color).toLowerCase(),
          ...(group ? { parent: group } : {}),
          ...(code ? { source: code } : {}),
        };
        edit(deps, { key: "legends.updateClass", params: { name: next.name } }, () =>
          catalog.legends.putClass(legend.id, request.code, next),
        );
      },
    ),

    "legends.removeClass": validated(
      "legends.removeClass",
      z.strictObject({ id, code, moveTo: code.optional() }),
      ({ moveTo, ...request }) => {
        const legend = legendFor(catalog, request.id);
        const own = classOf(legend, request.code);
        const count = catalog.labels.countByClass(legend.id).get(own.code) ?? 0;
        if (count > 0 && (moveTo === undefined || moveTo === own.code)) {
          throw new AppError("class-in-use", { name: own.name, count });
        }
        const tiles = catalog.tileLabels.countOfClass(legend.id, own.code);
        if (tiles > 0) throw new AppError("class-in-use", { name: own.name, count: tiles });
        if (moveTo !== undefined) classOf(legend, moveTo);
        edit(deps, { key: "legends.removeClass", params: { name: own.name } }, () => {
          if (count > 0) catalog.labels.recode(legend.id, own.code, moveTo!);
          catalog.legends.removeClass(legend.id, own.code);
        });
      },
    ),

    "legends.recolor": validated(
      "legends.recolor",
      z.strictObject({ id, colors: z.array(z.strictObject({ code, color })).min(1) }),
      (request) => {
        const legend = legendFor(catalog, request.id);
        const next = request.colors.map((one) => ({ ...classOf(legend, one.code), color: one.color.toLowerCase() }));
        edit(deps, { key: "legends.recolor", params: { name: legend.name } }, () => {
          for (const one of next) catalog.legends.putClass(legend.id, one.code, one);
        });
      },
    ),

    "legends.import": validated(
      "legends.import",
      z.strictObject({ path: filePath, into: id.optional() }),
      async ({ path, into }) => {
        const file = await readLegendFile(path);
        if (into === undefined) {
          const title = freeName(file.name);
          const made = edit(deps, { key: "legends.create", params: { name: title } }, () =>
            catalog.legends.put(title, file.classes),
          );
          told(made);
          return { id: made, classes: file.classes.length };
        }
        const legend = legendFor(catalog, into);
        const codes = new Set(legend.classes.map((one) => one.code));
        // A class of the same name takes the file's looks; the others are added with codes that are free.
        const next = file.classes.map((one) => {
          const same = legend.classes.find((known) => sameName(known.name, one.name));
          if (same) {
            const { color: hex, parent: group, source: from } = one;
            return { ...same, color: hex, ...(group ? { parent: group } : {}), ...(from ? { source: from } : {}) };
          }
          const own = freeCode(codes, one.code);
          codes.add(own);
          return { ...one, code: own };
        });
        edit(deps, { key: "legends.import", params: { name: legend.name } }, () =>
          catalog.legends.put(legend.name, next),
        );
        return { id: legend.id, classes: next.length };
      },
    ),

    "legends.export": validated("legends.export", z.strictObject({ id, path: filePath }), (request) => {
      assertNoLinkOut(catalog.folder, request.path);
      const legend = legendFor(catalog, request.id);
      writeLegendFile(request.path, legend.name, legend.classes);
    }),
  };
}
