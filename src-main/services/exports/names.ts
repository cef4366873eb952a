import { epsgCode } from "../../../src-shared/geo/crs.ts";
import type { ExportSubject } from "../../../src-shared/ipc/exports.ts";
import type { Catalog } from "../../catalog/index.ts";
import { fileName } from "../../files/index.ts";

interface Subject {
  readonly subject: ExportSubject;
  readonly id?: number | undefined;
  readonly extension: string;
  readonly crs?: string | undefined;
}

const mapSubjects: ReadonlySet<ExportSubject> = new Set([
  "class",
  "confidence",
  "probabilities",
  "set-size",
  "uncertain",
  "polygons",
  "fields",
  "areas",
]);
const runSubjects: ReadonlySet<ExportSubject> = new Set(["accuracy", "confusion", "curve"]);
const placed: ReadonlySet<ExportSubject> = new Set([
  "class",
  "confidence",
  "probabilities",
  "set-size",
  "uncertain",
  "difference",
  "polygons",
  "fields",
  "picture",
]);

/** `<project>_<model>_<what>_<YYYYMMDD>_<epsg>.<extension>`; the day is today, the code only where the file has coordinates. */
export function proposeName(catalog: Catalog, { subject, id, extension, crs }: Subject, now = new Date()): string {
  const { name, grid } = catalog.project.get();
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const code = epsgCode(crs ?? grid.geobox.crs);
  const parts = [name, about(catalog, subject, id), subject, day, placed.has(subject) ? (code ?? "custom") : undefined];
  const words = parts.filter((part) => part !== undefined).map((part) => fileName(String(part)).replaceAll("_", "-"));
  return `${words.join("_")}.${extension}`;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** The model behind it, or what else distinguishes it from its neighbours. */
function about(catalog: Catalog, subject: ExportSubject, id: number | undefined): string | undefined {
  if (id === undefined) return undefined;
  const modelNamed = (wanted: number | null) => catalog.models.list().find((model) => model.id === wanted)?.name;
  if (subject === "model") return modelNamed(id);
  if (subject === "difference" || subject === "changes") return catalog.comparisons.get(id).name;
  if (subject === "numbers" || subject === "number-scores")
    return catalog.numberModels.list().find((model) => model.id === id)?.name;
  if (runSubjects.has(subject)) return modelNamed(catalog.runs.list().find((run) => run.id === id)?.modelId ?? null);
  const map =
    mapSubjects.has(subject) || subject === "picture" ? catalog.maps.list().find((each) => each.id === id) : undefined;
  if (!map) return undefined;
  const model = modelNamed(map.modelId);
  // Two maps of one model would get the same name: the second uses the map's own name.
  const alone = catalog.maps.list().filter(({ modelId }) => modelId === map.modelId).length === 1;
  return alone && model !== undefined ? model : map.name;
}
