import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
export const sample = join(root, "resources/sample/flanders-crops-2019");

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command line under way: what it has said so far, and its end. */
export interface Running {
  readonly child: ChildProcess;
  /** resolves when the output so far matches */
  said(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Answer>;
  /** what it has printed so far */
  printed(): string;
}

/** Dozens of command lines are started: compiled once, each starts in half the time. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node") };

export function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(root, "src-main/hosts/cli/main.ts"), ...args], { env });
  const texts = { out: "", err: "" };
  const waiting = new Set<() => void>();
  for (const [name, stream] of [["out", child.stdout], ["err", child.stderr]] as const) // biome-ignore format: two streams
    stream.on("data", (chunk) => {
      texts[name] += String(chunk);
      for (const look of waiting) look();
    });
  const ended = new Promise<Answer>((resolve) => child.on("close", (code) => resolve({ code, ...texts })));
  const said = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(texts.out)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void ended.then(({ code, err }) => reject(new Error(`ended with ${code} before it said ${pattern}: ${err}`)));
    });
  return { child, said, ended, printed: () => texts.out };
}

export const omnisat = (...args: readonly string[]): Promise<Answer> => start(args).ended;

/** What `--json` printed: every line is an object. */
export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The error stream without the findings about a training: trainings of a few steps always have some. */
export const withoutDoubts = (err: string): string =>
  err
    .split("\n")
    .filter((line) => !/^(SEVERE|Warning|Note): |^\{"type":"(warning|finding)"/.test(line))
    .join("\n");

/** Every file below a folder with a hash of what it holds. */
export function inventory(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}

/** Copies a few dates of 2019 into a folder: `optical` of Sentinel-2 with their clouds, `radar` of Sentinel-1. */
export function copyImages(to: string, dates: { readonly optical: number; readonly radar: number }): void {
  mkdirSync(to, { recursive: true });
  const some = (folder: string, count: number) => {
    const names = readdirSync(join(sample, folder)).filter((name) => name.includes("_2019"));
    return Array.from({ length: count }, (_, i) => names[Math.floor(((i + 0.5) * names.length) / count)]!);
  };
  const copy = (folder: string, name: string) => cpSync(join(sample, folder, name), join(to, name));
  for (const name of some("S2_L2A_10m", dates.optical)) {
    copy("S2_L2A_10m", name);
    copy("S2_SCL_20m", name.replace("S2_L2A_10m", "S2_SCL_20m"));
  }
  for (const name of some("S1_GRD_ASC_20m", dates.radar)) copy("S1_GRD_ASC_20m", name);
}

/** The area of the sample as a new project with images of its own inside. */
export async function newProject(
  folder: string,
  dates: { readonly optical: number; readonly radar: number },
): Promise<void> {
  const like = join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
  const made = await omnisat("project", "create", folder, "--like", like, "--tile", "4");
  if (made.code !== 0) throw new Error(made.err);
  copyImages(join(folder, "imagery"), dates);
  const imported = await omnisat("project", "import", folder, join(folder, "imagery"));
  if (imported.code !== 0) throw new Error(imported.err);
}

export const tiny = ["--size", "tiny", "--batch", "2", "--provider", "cpu", "--set", "warmupSteps=1,datesPerTile=3"];
