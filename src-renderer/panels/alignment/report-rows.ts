// Dates with the same alignment share a row, so that different ones are easy to see.
import { sensors } from "../../../src-shared/eo/sensors.ts";
import type { AlignmentEntry, AlignmentProblem } from "../../../src-shared/ipc/index.ts";

export interface ReportRow {
  readonly key: string;
  readonly entries: readonly AlignmentEntry[];
  /** of all files, the finest first, each once */
  readonly resolutions: readonly number[];
  readonly overlap: number | null;
  /** pixel edges lie on the grid's; `null` where that cannot be said */
  readonly onGrid: boolean | null;
  readonly crs: readonly string[];
  /** a note says what is normal and good to know, a problem what should be looked at */
  readonly problems: readonly AlignmentProblem[];
  readonly notes: readonly AlignmentProblem[];
}

const isNote = ({ code }: AlignmentProblem): boolean => code === "coarse" || code === "shifted";

export function reportRows(entries: readonly AlignmentEntry[]): ReportRow[] {
  const signature = (entry: AlignmentEntry) =>
    JSON.stringify([
      entry.sensor,
      entry.pass,
      entry.files.map(({ resolution, overlap, offset, crs }) => [resolution, overlap, offset, crs]),
      entry.problems.map((problem) => ("path" in problem ? { ...problem, path: "" } : problem)),
    ]);
  const order = Object.keys(sensors);
  const groups = [...Map.groupBy(entries, signature)].sort(
    ([, [p]], [, [q]]) => order.indexOf(p!.sensor) - order.indexOf(q!.sensor),
  );
  return groups.map(([key, members]) => {
    const { files, problems } = members[0]!;
    const overlaps = files.flatMap(({ overlap }) => overlap ?? []);
    const offsets = files.flatMap(({ offset }) => offset ?? []);
    return {
      key,
      entries: members,
      resolutions: [...new Set(files.flatMap(({ resolution }) => resolution ?? []))].sort((p, q) => p - q),
      overlap: overlaps.length > 0 ? Math.min(...overlaps) : null,
      onGrid: offsets.length > 0 ? !problems.some(({ code }) => code === "off-grid") : null,
      crs: [...new Set(files.flatMap(({ crs }) => crs ?? []))],
      problems: problems.filter((problem) => !isNote(problem)),
      notes: problems.filter(isNote),
    };
  });
}
