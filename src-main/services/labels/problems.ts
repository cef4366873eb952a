import { boundsOf } from "../../../src-shared/geo/geobox.ts";
import type { LabelProblem } from "../../../src-shared/ipc/labels.ts";
import type { Catalog, Label, Legend } from "../../catalog/index.ts";
import {
  boundsOfGeometry,
  cooperative,
  defectOf,
  type Overlap,
  overlaps,
  squareMetersPerUnit,
} from "../../vector/index.ts";
import { LabelArea } from "./area.ts";
import { isInSeason, seasonOf } from "./input.ts";
import { multi, patchCount, touches } from "./shape.ts";

/** Problems of the labels of a legend: nothing is repaired, and each problem has a place to zoom to. */
export async function problemsOf(catalog: Catalog, legend: Legend): Promise<LabelProblem[]> {
  const grid = catalog.project.get().grid.geobox;
  const labels = catalog.labels.list(legend.id);
  const byId = new Map(labels.map((label) => [label.id, label]));
  const problems: LabelProblem[] = [];
  const area = boundsOf(grid);
  const slack = Math.abs(grid.affine.b) / 100;
  const inside = await LabelArea.of(catalog);
  const season = seasonOf(catalog);
  const split = catalog.splits.current(legend.id);
  const parts = split && catalog.splits.parts(split.id);

  function* single() {
    for (const label of labels) {
      const polygon = multi(label.coordinates);
      const say = (kind: LabelProblem["kind"], more: Partial<LabelProblem> = {}) =>
        problems.push({
          label: label.id,
          kind,
          other: null,
          at: [label.x, label.y],
          hectares: label.hectares,
          detail: null,
          ...more,
        });
      const defect = defectOf(polygon);
      if (defect) say("invalid", { detail: defect.problem, ...(defect.at ? { at: defect.at } : {}) });
      else if (!touches(polygon, grid)) say("outside");
      // Checked for labels of any size and place: a label that no image shows cannot be used.
      else if (!inside.shows(label)) say("no-images");
      else if (patchCount(polygon, grid) === 0) say("tiny");
      else {
        const { minX, minY, maxX, maxY } = boundsOfGeometry(polygon)!;
        const outside =
          minX < area.minX - slack || maxX > area.maxX + slack || minY < area.minY - slack || maxY > area.maxY + slack;
        if (outside) say("partly-outside");
      }
      if (!isInSeason(label, season)) say("out-of-season");
      if (parts && parts.size > 0 && !parts.has(label.id)) say("no-part");
      yield label.id;
    }
  }
  await cooperative(single());

  // Overlaps below a hundredth of a patch are not reported: slivers along borders that were drawn twice do no harm.
  const patch = Math.abs(grid.affine.b * grid.affine.f);
  const found = (overlap: Overlap): void => {
    const [first, second]: [Label, Label] = [byId.get(overlap.first)!, byId.get(overlap.second)!];
    const scale = squareMetersPerUnit(grid.crs, ...overlap.at);
    problems.push({
      label: first.id,
      kind: first.classCode === second.classCode ? "double" : "overlap",
      other: second.id,
      at: overlap.at,
      hectares: (overlap.area * scale) / 10_000,
      detail: null,
    });
  };
  function* pairs() {
    const valid = labels.filter(
      (label) => !problems.some(({ kind, label: id }) => kind === "invalid" && id === label.id),
    );
    const places = valid.map((label) => ({ id: label.id, geometry: multi(label.coordinates) }));
    for (const overlap of overlaps(places, patch / 100)) {
      if (overlap) found(overlap);
      yield overlap;
    }
  }
  await cooperative(pairs());
  return problems;
}
