import { createHash } from "node:crypto";
import type { JobSpec } from "../../src-shared/domain/job.ts";
import { type Remark, remarkSentence } from "../../src-shared/eo/remarks.ts";

/** What may differ between two runs of the same work: where it lies, and where it is computed. */
const circumstances = new Set([
  "folder",
  "resume",
  "provider",
  "appVersion",
  "machineFolder",
  "modelFolder",
  "path",
  "evidence",
]);

/** Remarks count as their English sentences, so that the checkpoints of releases that stored those can still be continued. */
const remarks: Readonly<Record<string, (value: unknown) => unknown>> = {
  decidedBy: (value) => remarkSentence(value as Remark),
  warnings: (value) => (value as readonly Remark[]).map(remarkSentence),
};

/** A short name of the work a spec asks for. A checkpoint carries it, so that it is not continued by other work. */
export function fingerprintOf(spec: JobSpec, ...more: readonly string[]): string {
  const text = JSON.stringify([spec, more], (key, value: unknown) =>
    circumstances.has(key) ? undefined : (remarks[key]?.(value) ?? value),
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
