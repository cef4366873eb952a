import type { FormatKind } from "../../../src-shared/domain/known-format.ts";

/** One thing that is known of a file, and where it was found. */
export interface FileFact {
  readonly name: string;
  readonly value: string | number | readonly string[];
  /** in words: “its name”, “the header” */
  readonly from: string;
}

/** What a file, a folder or an archive is. Plain data. */
export interface FileInfo {
  readonly path: string;
  readonly kind: FormatKind;
  /** its reader, as the table of formats calls it */
  readonly reader: string;
  readonly facts: readonly FileFact[];
  /** what an import would say against it, in sentences */
  readonly remarks: readonly string[];
}

/** A fact, unless there is nothing to say. */
export const fact = (name: string, value: FileFact["value"] | null | undefined, from: string): FileFact[] =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
    ? []
    : [{ name, value: value as FileFact["value"], from }];
