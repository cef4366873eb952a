import type { ForeignWords } from "../../../src-shared/domain/foreign-files.ts";
import { formatKinds, type KnownFormat } from "../../../src-shared/domain/known-format.ts";
import { imageFormats } from "../../raster/formats/known.ts";
import { vectorFormats } from "../../vector/index.ts";
import { legendFormats } from "../legends/files.ts";
import { modelFormat, productFormats, projectFormat } from "./known.ts";
import { refusedFormats } from "./refused.ts";

/** Every kind of file that is read, as its reader knows it. A new reader adds its line where it stands. */
export const knownFormats: readonly KnownFormat[] = [
  ...imageFormats,
  ...Object.values(productFormats),
  ...vectorFormats,
  ...legendFormats,
  projectFormat,
  modelFormat,
].sort((p, q) => formatKinds.indexOf(p.kind) - formatKinds.indexOf(q.kind));

/** Kinds of files that are recognised and never read, with the way out. */
export const formatsNotRead: readonly ForeignWords[] = refusedFormats;

/** The table of formats as the README has it. */
export function formatsMarkdown(): string {
  const endings = (all: readonly string[]) => all.map((ending) => `.${ending}`).join(" ");
  return [
    "| for | format | endings | read | not read |",
    "|---|---|---|---|---|",
    ...knownFormats.map(
      (one) => `| ${[one.kind, one.name, endings(one.endings), one.read, one.notRead].join(" | ")} |`,
    ),
    "",
    ...formatsNotRead.map(({ format, help }) => `- Not read: ${format}. ${help}`),
  ].join("\n");
}
