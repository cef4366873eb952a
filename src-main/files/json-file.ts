import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type WholeOptions, writeWholeSync } from "./whole.ts";

/** The value in a small file of the program's own; `undefined` when there is none or it cannot be read. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as unknown;
  } catch {
    return undefined;
  }
}

/** Writes a value as JSON, whole or not at all, and makes the folder. @throws as `replaceWhole` */
export function writeJsonFile(path: string, value: unknown, options: WholeOptions = {}): void {
  mkdirSync(dirname(path), { recursive: true });
  writeWholeSync(path, `${JSON.stringify(value, null, 2)}\n`, options);
}
