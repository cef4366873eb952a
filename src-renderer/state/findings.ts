import { type Finding, severeOnes } from "../../src-shared/domain/finding.ts";
import type { Job } from "../../src-shared/domain/job-row.ts";
import type { Client } from "../client/index.ts";
import { findingWords } from "../i18n/findings.ts";

/** What forbids the use of what a job made, in the window's language; `null` where nothing does. */
export async function severeWords(client: Client, { id, kind }: Job): Promise<string | null> {
  return findingsText(severeOnes(await findingsOfJob(client, id, kind).catch(() => [])));
}

/** The sentences of findings, without their remedies; `null` without any. */
export function findingsText(findings: readonly Finding[]): string | null {
  return findings.length > 0 ? findings.map((finding) => findingWords(finding).what).join(" ") : null;
}

async function findingsOfJob(client: Client, id: number, kind: Job["kind"]): Promise<readonly Finding[]> {
  if (kind === "map") return (await client.invoke("maps.list", {})).find(({ jobId }) => jobId === id)?.findings ?? [];
  const result = (await client.invoke("runs.list", {})).find(({ jobId }) => jobId === id)?.result;
  return (result as { readonly findings?: readonly Finding[] } | null | undefined)?.findings ?? [];
}
