import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../src-shared/errors/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import { createCatalog, openCatalog } from "./index.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-edits-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const geobox = { crs: "EPSG:32631", affine: northUp(600000, 5700000, 10, 10), width: 8, height: 8 };
const options = { purpose: "a test", appVersion: "0.1.0" };
const square = (x: number): [number, number][][][] => [
  [
    [
      [x, 0],
      [x + 0.1, 0],
      [x + 0.1, 0.3],
      [x, 0],
    ],
  ],
];

function newCatalog(name: string) {
  const catalog = createCatalog(join(room, name), { name, grid: { geobox, patchMeters: 10, tilePatches: 4 } }, options);
  const legendId = catalog.legends.put("crops", [{ code: 1, name: "maize", color: "#ffcc00" }]);
  return { catalog, legendId };
}

const label = (legendId: number, x: number) => ({
  legendId,
  classCode: 1,
  coordinates: square(x),
  x: x + 0.1 / 3,
  y: Math.PI * 1e6,
  patches: 1,
  importId: null,
  feature: null,
  properties: { owner: "Zoë", hectares: 0.1 + 0.2 },
});

test("a step that is named is taken back only while it is the newest one", () => {
  const { catalog, legendId } = newCatalog("named");
  const add = (x: number) => catalog.edit({ key: "labels.add" }, () => catalog.labels.add([label(legendId, x)]));
  add(0.1);
  const own = catalog.edits.next().undo!.id;
  add(0.2);
  const refusal = (id: number) => {
    try {
      catalog.edits.undo(id);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(refusal(own)).toMatchObject({ code: "edit-not-newest", details: { undone: false } });
  expect(catalog.labels.list()).toHaveLength(2);
  catalog.edits.undo();
  expect(catalog.edits.undo(own)?.edit.id).toBe(own);
  expect(refusal(own)).toMatchObject({ code: "edit-not-newest", details: { undone: true } });
  expect(catalog.labels.list()).toHaveLength(0);
  catalog.close();
});

test("edits are undone and redone row by row to the last digit, also after the project was closed", () => {
  const { catalog, legendId } = newCatalog("reopened");
  const added = catalog.edit({ key: "labels.add", params: { count: 2 } }, () =>
    catalog.labels.add([label(legendId, 1 / 3), label(legendId, 2 / 3)]),
  );
  expect(added.tables).toEqual(["labels"]);
  const two = catalog.labels.list();
  catalog.edit({ key: "labels.remove" }, () => catalog.labels.remove([two[0]!.id]));
  catalog.edit({ key: "labels.class" }, () => {
    catalog.legends.put("crops", [{ code: 2, name: "rye", color: "#aa5500" }]);
    catalog.labels.setClass(two[1]!.id, 2);
  });
  const last = catalog.labels.list();
  catalog.close();

  const again = openCatalog(join(room, "reopened"), options);
  expect(again.edits.next().undo?.name.key).toBe("labels.class");
  expect(again.edits.undo()?.tables.toSorted()).toEqual(["classes", "labels"]);
  expect(again.edits.undo()?.tables).toEqual(["labels"]);
  expect(again.labels.list()).toEqual(two);
  expect(again.edits.undo()?.edit.name).toEqual({ key: "labels.add", params: { count: 2 } });
  expect(again.labels.list()).toEqual([]);
  expect(again.edits.undo()).toBeUndefined();
  for (let i = 0; i < 3; i++) again.edits.redo();
  expect(again.labels.list()).toEqual(last);
  expect(again.edits.redo()).toBeUndefined();
  again.close();
});

test("a new edit after an undo replaces what was undone", () => {
  const { catalog, legendId } = newCatalog("branch");
  catalog.edit({ key: "one" }, () => catalog.labels.add([label(legendId, 1)]));
  catalog.edits.undo();
  catalog.edit({ key: "two" }, () => catalog.labels.add([label(legendId, 2)]));
  expect(catalog.edits.next()).toMatchObject({ undo: { name: { key: "two" } }, redo: null });
  catalog.close();
});

test("an edit that fails leaves neither rows nor a step, and one that changes nothing is no step", () => {
  const { catalog, legendId } = newCatalog("failed");
  expect(() =>
    catalog.edit({ key: "half" }, () => {
      catalog.labels.add([label(legendId, 1)]);
      throw new Error("stopped half way");
    }),
  ).toThrow("half way");
  catalog.edit({ key: "nothing" }, () => {});
  expect(catalog.labels.list()).toEqual([]);
  expect(catalog.edits.list()).toEqual([]);
  catalog.edit({ key: "whole" }, () => catalog.labels.add([label(legendId, 1)]));
  expect(catalog.edits.list()).toHaveLength(1);
  catalog.close();
});

test("what a cascade deletes comes back with its parent", () => {
  const { catalog, legendId } = newCatalog("cascade");
  const importId = catalog.labels.addImport({ path: join(room, "a.gpkg"), classField: "c", legendId, report: {} });
  catalog.labels.add([{ ...label(legendId, 1), importId }]);
  const before = catalog.labels.list();
  catalog.edit({ key: "labels.forgetImport" }, () => catalog.labels.removeImport(importId));
  expect(catalog.labels.list()).toEqual([]);
  catalog.edits.undo();
  expect(catalog.labels.list()).toEqual(before);
  expect(catalog.labels.imports()).toHaveLength(1);
  catalog.close();
});

test("rows of the display are kept and taken back", () => {
  const { catalog } = newCatalog("display");
  const row = { id: "acquisition:S2-1", position: 1.5, visible: true, opacity: 0.8, style: { gamma: 1.2 } };
  catalog.edit({ key: "layers.display" }, () => catalog.layers.put(row));
  catalog.edit({ key: "layers.display" }, () => catalog.layers.put({ ...row, visible: false }));
  catalog.edits.undo();
  expect(catalog.layers.list()).toEqual([row]);
  catalog.view.put("map", { zoom: 3 });
  expect([catalog.view.get("map"), catalog.view.get("none")]).toEqual([{ zoom: 3 }, null]);
  catalog.close();
});

test("a step whose rows were changed, deleted or built upon since is refused whole and says so beforehand", () => {
  const { catalog, legendId } = newCatalog("stale");
  const refused = () => {
    const before = JSON.stringify([catalog.labels.list(), catalog.labels.imports(), catalog.edits.list()]);
    expect(catalog.edits.next().undo?.stale).toBe(true);
    expect(() => catalog.edits.undo()).toThrow(expect.objectContaining({ code: "edit-not-possible" }));
    expect(JSON.stringify([catalog.labels.list(), catalog.labels.imports(), catalog.edits.list()])).toBe(before);
  };
  const { value: ids } = catalog.edit({ key: "labels.add" }, () =>
    catalog.labels.add([label(legendId, 1), label(legendId, 2)]),
  );
  expect(catalog.edits.next().undo?.stale).toBeUndefined();
  catalog.legends.put("crops", [{ code: 2, name: "rye", color: "#aa5500" }]);
  catalog.labels.setClass(ids[0]!, 2);
  refused();
  catalog.labels.setClass(ids[0]!, 1);
  catalog.labels.remove([ids[1]!]);
  refused();

  // What was added to an import outside the history would go with it.
  const { value: importId } = catalog.edit({ key: "labels.import" }, () =>
    catalog.labels.addImport({ path: join(room, "b.gpkg"), classField: "c", legendId, report: {} }),
  );
  catalog.labels.add([{ ...label(legendId, 3), importId }]);
  expect(() => catalog.edits.undo()).toThrow(expect.objectContaining({ code: "edit-not-possible" }));
  expect(catalog.labels.list()).toHaveLength(2);
  expect(catalog.edits.next().undo?.stale).toBe(true);
  catalog.close();
});

test("whatever is edited, changed outside, undone, redone and reopened: rows are as they should be, or the step is refused", () => {
  type Rows = Map<number, number>;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          what: fc.constantFrom("add", "class", "remove", "class outside", "remove outside", "undo", "redo", "reopen"),
          at: fc.nat(5),
        }),
        { minLength: 5, maxLength: 25 },
      ),
      fc.nat(1e9),
      (actions, id) => {
        const name = `property-${id}-${properties++}`;
        let { catalog, legendId } = newCatalog(name);
        catalog.legends.put(
          "crops",
          [2, 3].map((code) => ({ code, name: `class ${code}`, color: "#aa5500" })),
        );
        catalog.edits.forget();
        const rows = (): Rows => new Map(catalog.labels.list().map((row) => [row.id, row.classCode]));
        // The model: for each edit what it changed, and what is done now.
        const done: { before: Rows; after: Rows }[] = [];
        let undone: { before: Rows; after: Rows }[] = [];
        const differs = (from: Rows, to: Rows) =>
          [...new Set([...from.keys(), ...to.keys()])].filter((key) => from.get(key) !== to.get(key));
        for (const { what, at } of actions) {
          const before = rows();
          const some = [...before.keys()][at % Math.max(1, before.size)];
          const work = () => {
            if (what === "add") catalog.labels.add([label(legendId, at)]);
            else if (some !== undefined && what.startsWith("class"))
              catalog.labels.setClass(some, (before.get(some)! % 3) + 1);
            else if (some !== undefined && what.startsWith("remove")) catalog.labels.remove([some]);
          };
          if (what === "undo" || what === "redo") {
            const [from, to] = what === "undo" ? [done, undone] : [undone, done];
            const step = from.at(-1);
            const [start, end] = step ? (what === "undo" ? [step.after, step.before] : [step.before, step.after]) : [];
            const touched = step ? differs(step.before, step.after) : [];
            const fits = touched.every((key) => before.get(key) === start!.get(key));
            let answer: unknown;
            try {
              answer = catalog.edits[what]();
              expect(answer !== undefined).toBe(step !== undefined);
              if (!step) continue;
              expect(fits).toBe(true);
              const expected = new Map(before);
              for (const key of touched) end!.has(key) ? expected.set(key, end!.get(key)!) : expected.delete(key);
              expect([...rows()].sort()).toEqual([...expected].sort());
              to.push(from.pop()!);
            } catch (error) {
              if (!(error instanceof AppError)) throw error;
              expect(error.code).toBe("edit-not-possible");
              expect(fits).toBe(false);
              expect(rows()).toEqual(before);
            }
          } else if (what === "reopen") {
            catalog.close();
            catalog = openCatalog(join(room, name), options);
          } else if (what.endsWith("outside")) {
            work();
          } else {
            catalog.edit({ key: what }, work);
            const after = rows();
            if (differs(before, after).length === 0) continue;
            undone = [];
            done.push({ before, after });
          }
        }
        catalog.close();
        rmSync(join(room, name), { recursive: true, force: true });
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});
let properties = 0;
