import { z } from "zod";
import type { EditName } from "../../src-shared/domain/edit.ts";
import type { EditCommands } from "../../src-shared/ipc/edits.ts";
import { announceChanged, type Deps } from "./deps.ts";
import { validated } from "./validated.ts";

/** Does `work` as one step that can be undone, and announces to every window which tables it touched. */
export function edit<T>(deps: Pick<Deps, "catalog" | "announce">, name: EditName, work: () => T): T {
  const { value, tables } = deps.catalog.edit(name, work);
  if (tables.length > 0) announceChanged(deps.announce, ...tables, "edits");
  return value;
}

/** Undo and redo of everything that was changed by hand, in this session or an earlier one. */
export function editService({ catalog, announce }: Deps): EditCommands {
  const told = (done: ReturnType<typeof catalog.edits.undo>) => {
    if (!done) return null;
    announceChanged(announce, ...done.tables, "edits");
    return done.edit;
  };
  return {
    "edits.list": validated("edits.list", z.strictObject({ limit: z.int().positive().optional() }), ({ limit }) => ({
      ...catalog.edits.next(),
      edits: catalog.edits.list(limit),
    })),
    "edits.undo": validated("edits.undo", z.strictObject({ edit: z.int().positive().optional() }), ({ edit: only }) =>
      told(catalog.edits.undo(only)),
    ),
    "edits.redo": validated("edits.redo", z.strictObject({}), () => told(catalog.edits.redo())),
  };
}
