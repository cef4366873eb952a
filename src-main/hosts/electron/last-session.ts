import { z } from "zod";
import { readJsonFile, writeJsonFile } from "../../files/index.ts";

const placeSchema = z.object({ x: z.number(), y: z.number(), width: z.number().min(100), height: z.number().min(100) });
const windowSchema = z.object({
  folder: z.string().nullable(),
  place: placeSchema.optional().catch(undefined),
  maximized: z.boolean().catch(false),
});
const schema = z.object({
  windows: z.array(windowSchema).max(50),
  /** jobs that were stopped because the person quit, to go on at the next start */
  resume: z.array(z.object({ folder: z.string(), jobs: z.array(z.int()) })).catch([]),
  /** false while the program runs: still false at the next start, it did not end in order */
  ended: z.boolean(),
  /** starts in a row that did not end in order */
  crashes: z.int().catch(0),
});

export type WindowMemory = z.infer<typeof windowSchema>;
export type SessionMemory = z.infer<typeof schema>;

const nothing: SessionMemory = { windows: [], resume: [], ended: true, crashes: 0 };

/** After two crashing starts the same windows are not opened a third time. */
const crashesInARow = 2;

/** Remembers which windows showed which projects, so that the next start, after a crash too, is where this one was. */
export class LastSession {
  readonly #path: string;
  #memory: SessionMemory = nothing;

  constructor(path: string) {
    this.#path = path;
  }

  /** What to open again, and whether the last time ended in order. From now on this run is under way. */
  begin(): {
    readonly windows: readonly WindowMemory[];
    readonly resume: SessionMemory["resume"];
    readonly crashed: boolean;
  } {
    const { data: last = nothing } = schema.safeParse(readJsonFile(this.#path));
    const crashes = last.ended ? 0 : last.crashes + 1;
    const windows = crashes > crashesInARow ? [] : last.windows;
    this.#memory = { windows, resume: [], ended: false, crashes };
    this.#write();
    return { windows, resume: last.resume, crashed: crashes > 0 };
  }

  /** The windows as they are now. A run that got so far as to change something has not crashed at its start. */
  note(windows: readonly WindowMemory[]): void {
    this.#memory = { ...this.#memory, windows: [...windows] };
    this.#write();
  }

  /** The first page is loaded: a crash from now on does not count as a failed start. */
  stands(): void {
    if (this.#memory.crashes === 0) return;
    this.#memory = { ...this.#memory, crashes: 0 };
    this.#write();
  }

  /** Ended in order; `resume` are the jobs to go on with. */
  end(resume: SessionMemory["resume"]): void {
    this.#memory = { ...this.#memory, resume, ended: true, crashes: 0 };
    this.#write();
  }

  /** This file may be lost without losing work, so a full disk must not stop the program. */
  #write(): void {
    try {
      writeJsonFile(this.#path, this.#memory);
    } catch {
      // The next change tries again.
    }
  }
}
