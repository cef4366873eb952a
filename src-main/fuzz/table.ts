import type { FuzzReport } from "./harness.ts";

/** One row per kind, in Markdown. */
export function tableOf(reports: readonly FuzzReport[]): string {
  const head = ["kind", "cases", "read", "refused", "raw errors", "hangs", "over memory", "crashes", "worst", "memory"];
  const rows = reports.map(({ kind, cases, read, refused, failures, worstSeconds, worstCase, worstRss }) => {
    const of = (what: string) => String(failures.filter((failure) => failure.what === what).length);
    const codes = Object.entries(refused).sort((a, b) => b[1] - a[1]);
    return [
      kind,
      String(cases),
      String(read),
      `${codes.reduce((sum, [, n]) => sum + n, 0)}${codes.length ? `: ${codes.map(([code, n]) => `${code} ${n}`).join(", ")}` : ""}`,
      of("raw"),
      of("hang"),
      of("memory"),
      of("crash"),
      `${worstSeconds.toFixed(2)} s (case ${worstCase})`,
      `${Math.round(worstRss / 2 ** 20)} MiB`,
    ];
  });
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** The failures, the first of each sort with its message; at most `most` sorts. */
export function failureLines({ kind, failures }: FuzzReport, most: number): string[] {
  const sorts = new Map<string, FuzzReport["failures"][number][]>();
  for (const failure of failures) {
    const key = `${failure.what}: ${failure.code.replace(/-?\d[\d.]*/g, "…")}`;
    sorts.set(key, [...(sorts.get(key) ?? []), failure]);
  }
  return [...sorts]
    .sort((a, b) => b[1].length - a[1].length)
    .slice(0, most)
    .flatMap(([key, list]) => [
      `${kind}: ${list.length} × ${key} (case ${list
        .slice(0, 5)
        .map(({ index }) => index)
        .join(", ")}; of ${list[0]!.seed})`,
      ...list[0]!.message
        .split("\n")
        .slice(0, 6)
        .map((line) => `    ${line}`),
    ]);
}
