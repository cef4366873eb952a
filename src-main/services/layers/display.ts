import { z } from "zod";
import type { DisplayCommands } from "../../../src-shared/ipc/display.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { validated } from "../validated.ts";

const name = z.string().trim().min(1).max(200);
const id = z.int().positive();
const bounds = z.strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() });

const displaySchema = z.strictObject({
  layers: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        position: z.number().optional(),
        visible: z.boolean().optional(),
        opacity: z.number().min(0).max(1).optional(),
        style: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1),
});

/** How the project is looked at: display of layers, bookmarks, where the person was. */
export function displayService(deps: Deps): DisplayCommands {
  const { catalog } = deps;
  return {
    "layers.display": validated("layers.display", z.strictObject({}), () => catalog.layers.list()),

    "layers.setDisplay": validated("layers.setDisplay", displaySchema, ({ layers }) => {
      const known = new Map(catalog.layers.list().map((layer) => [layer.id, layer]));
      edit(deps, { key: "layers.display", params: { count: layers.length } }, () => {
        for (const { id, position, visible, opacity, style } of layers) {
          // What nobody has set stays open: a layer that was hidden has no place of its own by that.
          const before = known.get(id) ?? { id, position: null, visible: null, opacity: null, style: {} };
          catalog.layers.put({
            id,
            position: position ?? before.position,
            visible: visible ?? before.visible,
            opacity: opacity ?? before.opacity,
            style: { ...before.style, ...style },
          });
        }
      });
    }),

    "bookmarks.list": validated("bookmarks.list", z.strictObject({}), () => catalog.bookmarks.list()),
    "bookmarks.add": validated("bookmarks.add", z.strictObject({ name, bounds }), (request) =>
      edit(deps, { key: "bookmarks.add", params: { name: request.name } }, () => ({
        id: catalog.bookmarks.add(request.name, request.bounds),
      })),
    ),
    "bookmarks.rename": validated("bookmarks.rename", z.strictObject({ id, name }), (request) =>
      edit(deps, { key: "bookmarks.rename", params: { name: request.name } }, () =>
        catalog.bookmarks.rename(request.id, request.name),
      ),
    ),
    "bookmarks.remove": validated("bookmarks.remove", z.strictObject({ id }), (request) =>
      edit(deps, { key: "bookmarks.remove" }, () => catalog.bookmarks.remove(request.id)),
    ),

    "view.get": validated("view.get", z.strictObject({ key: z.string().min(1) }), ({ key }) => catalog.view.get(key)),
    "view.put": validated(
      "view.put",
      z.strictObject({ key: z.string().min(1), value: z.unknown() }),
      ({ key, value }) => {
        if (!catalog.readOnly) catalog.view.put(key, value ?? null);
      },
    ),
  };
}
