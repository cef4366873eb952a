// The process that reads damaged files. It may hang, run out of memory or die: that is what the parent watches for.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sentences } from "../../src-shared/errors/index.ts";
import type { CaseFiles } from "./kind.ts";
import { loadKind } from "./kinds/index.ts";
import type { Answer, Question } from "./messages.ts";
import { randomOf } from "./random.ts";

const [name, seedText, scratch] = process.argv.slice(2) as [string, string, string];
const kind = await loadKind(name);
const seedFolder = join(scratch, "seeds");
/** A place of its own for every case: what the program keeps open or remembers under a path is not the next case's. */
let caseFolder = "";
mkdirSync(seedFolder, { recursive: true });
// A Buffer's `slice` shares its memory: kinds get plain arrays, which copy.
const seeds = (await kind.seeds(seedFolder)).map(({ name, files }) => ({
  name,
  files: Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, new Uint8Array(bytes)])),
}));
if (seeds.length === 0) throw new Error(`fuzz ${name}: no seeds`);

const send = (answer: Answer) => process.send!(answer);
const collectAbove = 256 * 2 ** 20;

/** Words of raw errors: a message for people that holds one of them passes a raw error on. */
const rawWords =
  /\b(?:Range|Type|Syntax|Reference|Internal)Error\b|is not a function|is not iterable|Cannot read|Cannot set|Cannot convert|Invalid (?:typed )?array|Invalid string length|NumberList|\bERR_[A-Z_]+|\bZ_[A-Z]+_?ERROR|\bSQLITE_|\[object |file:\/\/|node:|\bundefined\b|\bNaN\b|Unexpected (?:token|end of JSON|non-whitespace)|in JSON at position|incorrect (?:header|data) check|Array buffer allocation|heap out of memory/;

function outcomeOf(error: unknown): Pick<Answer & { kind: "done" }, "outcome" | "code" | "message"> {
  if (error instanceof Error && error.name === "AppError") {
    const { code } = error as Error & { code?: string };
    if (typeof code === "string" && code in sentences) {
      const raw = rawWords.exec(error.message.replace(/“[^”]*”/g, ""));
      return raw
        ? { outcome: "raw", code: `words in ${code}: ${raw[0]}`, message: error.message }
        : { outcome: "refused", code, message: error.message };
    }
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const first = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { outcome: "raw", code: first.slice(0, 80), message: text };
}

let stray: unknown;
process.on("unhandledRejection", (error) => {
  stray ??= error;
});
process.on("uncaughtException", (error) => {
  stray ??= error;
});

async function run({ index, save }: Question): Promise<void> {
  const random = randomOf("fuzz", kind.name, seedText, index);
  const seed = random.pick(seeds);
  const files: CaseFiles = kind.mutate(seed, random, seeds);
  if (caseFolder) rmSync(caseFolder, { recursive: true, force: true });
  caseFolder = join(scratch, `case-${index}`);
  mkdirSync(caseFolder, { recursive: true });
  write(files, caseFolder);
  if (save) write(files, save);
  stray = undefined;
  // Collect the garbage of earlier cases first, so that it does not count as this case's memory.
  if (process.memoryUsage.rss() > collectAbove) globalThis.gc?.();
  send({ kind: "started", index });
  const start = performance.now();
  let outcome: ReturnType<typeof outcomeOf> = { outcome: "read", code: "", message: "" };
  try {
    await kind.read(caseFolder, Object.keys(files));
    // What was thrown beside the awaited work arrives a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    if (stray !== undefined) throw stray;
  } catch (error) {
    outcome = outcomeOf(error);
  }
  const milliseconds = performance.now() - start;
  send({ kind: "done", index, seed: seed.name, milliseconds, rss: process.memoryUsage.rss(), ...outcome });
}

function write(files: CaseFiles, folder: string): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

process.on("message", (question: Question) => {
  if (question.index < 0) {
    void (async () => {
      await kind.close?.();
      process.exit(0);
    })();
  } else
    void run(question).catch((error: unknown) => {
      // A kind that cannot make its own case is no reader that hangs.
      console.error(error);
      process.exit(1);
    });
});
// Exit when the parent has died.
process.on("disconnect", () => process.exit(0));
send({ kind: "ready" });
