import type { Random } from "./random.ts";

/** The files of one case by name; a name may hold folders (`model/card.json`). */
export type CaseFiles = Readonly<Record<string, Uint8Array>>;

export interface Seed {
  /** says in the table of failures what was damaged */
  readonly name: string;
  readonly files: CaseFiles;
}

/** One kind of file that people are handed by others: valid seeds, ways to damage them, and the program's own way to read them. */
export interface FuzzKind {
  readonly name: string;
  /** Valid files, made or copied here; `scratch` is an empty folder for making them. Called once per process. */
  seeds(scratch: string): Promise<readonly Seed[]>;
  /**
   * A damaged case. A pure function of the seeds and `random`: case 17 of seed 3 is the same files on every machine.
   * Files that are not mentioned in the answer do not exist in the case.
   */
  mutate(seed: Seed, random: Random, seeds: readonly Seed[]): CaseFiles;
  /**
   * Reads the case as the program does. An `AppError` is a refusal; a return value means that it could be read;
   * whatever else is thrown is a raw error, and a failure of the program.
   */
  read(folder: string, files: readonly string[]): Promise<void>;
  /** After the last case, and before a new process takes over: closes what `read` left open. */
  close?(): Promise<void>;
}
