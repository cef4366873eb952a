/**
 * Runs the command line over data sets of other people, from import to map or to a refusal, and prints a table.
 *
 *     npm run survey -- [--data DIR] [--sets A,B] [--keep DIR] [--write]
 *
 * Every command is a process of its own with the program's defaults, as a person would type it. A set ends with its map, or
 * with the first command that refuses: then its sentence is the result. `--write` puts the table into e2e/README.md.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { omnisat } from "../omnisat.ts";
import { type SurveyCommand, type SurveySet, surveySets } from "./sets.ts";
import { accuracyOf, type Score, tableOf, writeBetween } from "./table.ts";

export interface StepRecord {
  readonly command: string;
  readonly code: number | null;
  readonly seconds: number;
  /** the last result that `--json` printed */
  readonly result: Readonly<Record<string, unknown>> | undefined;
  readonly warnings: readonly string[];
  /** what says that the result is not to be relied on */
  readonly severe: readonly string[];
  /** the sentence of a command that refused */
  readonly refusal: string | undefined;
}

/** As `--json` prints it. */
interface Finding {
  readonly severity: "note" | "caution" | "severe";
  readonly message: string;
}

export interface SetRecord {
  readonly set: SurveySet;
  readonly steps: readonly StepRecord[];
  readonly seconds: number;
  readonly score: Score | undefined;
}

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    sets: { type: "string" },
    keep: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

async function survey(): Promise<number> {
  const data = resolve(values.data);
  const wanted = values.sets?.split(",");
  const chosen = surveySets.filter(({ name }) => !wanted || wanted.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    console.error(`No set is called like ${values.sets}. There are: ${surveySets.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const missing = chosen.filter(({ folder }) => !existsSync(join(data, folder)));
  if (missing.length > 0) {
    const names = missing.map(({ folder }) => folder).join(", ");
    console.error(`${data} has no ${names}. Name the folder of the data sets with --data.`);
    return 1;
  }
  const work = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), "omnisat-survey-"));
  mkdirSync(work, { recursive: true });
  const records: SetRecord[] = [];
  try {
    for (const set of chosen) {
      console.log(`\n== ${set.name}: ${set.about}`);
      records.push(await runSet(set, join(data, set.folder), join(work, set.name.replaceAll(/[^A-Za-z0-9-]+/g, "_"))));
    }
  } finally {
    if (!values.keep) rmSync(work, { recursive: true, force: true });
  }
  const table = tableOf(records);
  console.log(`\n${table}`);
  if (values.write) console.log(`Wrote the table into ${writeBetween("survey", table)}.`);
  // A raw error is a fault of ours; a refusal in words is an answer.
  const raw = records.flatMap(({ steps }) => steps).filter(({ code }) => code !== 0 && code !== 1 && code !== 2);
  const unexpected = records.filter(({ set, steps }) => refused(steps) !== (set.refuses ?? false));
  for (const { set, steps } of unexpected) {
    console.error(
      `${set.name}: ${refused(steps) ? `refused: ${steps.at(-1)?.refusal}` : "was expected to be refused"}`,
    );
  }
  return raw.length > 0 || unexpected.length > 0 ? 1 : 0;
}

const refused = (steps: readonly StepRecord[]): boolean => steps.some(({ code }) => code !== 0);

async function runSet(set: SurveySet, data: string, project: string): Promise<SetRecord> {
  rmSync(project, { recursive: true, force: true });
  const steps: StepRecord[] = [];
  for (const command of [...set.prepare(project, data), ...set.learn(project)]) {
    const step = await run(command, project);
    steps.push(step);
    const said = step.code === 0 ? `${step.seconds.toFixed(1)} s` : `exit ${step.code}: ${step.refusal}`;
    console.log(`  omnisat ${step.command.replaceAll(project, "PROJECT").replaceAll(data, "DATA")}\n    ${said}`);
    for (const warning of step.severe) console.log(`    SEVERE: ${warning}`);
    for (const warning of step.warnings) console.log(`    Warning: ${warning}`);
    if (step.code !== 0) break;
  }
  const evaluation = steps.findLast(({ result }) => result?.command === "evaluate")?.result;
  return {
    set,
    steps,
    seconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
    score: evaluation ? accuracyOf(evaluation) : undefined,
  };
}

async function run(command: SurveyCommand, project: string): Promise<StepRecord> {
  const started = performance.now();
  const { code, out, err } = await omnisat(...command, "--json");
  const lines = [...objects(out), ...objects(err)];
  const warnings = lines.filter(({ type }) => type === "warning").map(({ message }) => String(message));
  const result = lines.findLast(({ type }) => type === "result");
  const error = lines.findLast(({ type }) => type === "error");
  const listed = Array.isArray(result?.warnings) ? (result.warnings as unknown[]).map(String) : [];
  const findings = (Array.isArray(result?.findings) ? result.findings : []) as readonly Finding[];
  const severe = findings.filter(({ severity }) => severity === "severe").map(({ message }) => message);
  const cautions = findings.filter(({ severity }) => severity === "caution").map(({ message }) => message);
  return {
    command: command.join(" "),
    code,
    seconds: (performance.now() - started) / 1000,
    result,
    warnings: [...new Set([...warnings, ...listed, ...cautions])],
    severe,
    refusal:
      code === 0
        ? undefined
        : String(error?.message ?? (err.trim().split("\n").at(-1) || "nothing was said")).replaceAll(
            project,
            "PROJECT",
          ),
  };
}

function objects(text: string): Record<string, unknown>[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return value !== null && typeof value === "object" ? [value as Record<string, unknown>] : [];
    } catch {
      return [];
    }
  });
}

process.exitCode = await survey();
