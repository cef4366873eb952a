import { AppError } from "../../../../src-shared/errors/index.ts";
import { errorMessage } from "../../../../src-shared/ipc/errors.ts";
import type { ProductPreview } from "../../../../src-shared/ipc/rasters.ts";
import type { Product } from "../../../products/index.ts";

/** A product as people see it before an import: what it is, of when and where, and what of it is missing. */
export function productPreview({
  kind,
  name,
  path,
  files,
  missing,
  leftOut,
  refusal,
  foreign,
}: Product): ProductPreview {
  const facts = files.map(({ stated }) => stated.product);
  const first = facts[0];
  const problem = foreign ? new AppError("import-format", { path, kind: foreign }) : refusal;
  return {
    kind,
    name,
    path,
    sensor: first?.sensor ?? null,
    level: first?.level ?? null,
    date: first?.date ?? null,
    time: first?.time ?? null,
    tiles: [...new Set(facts.flatMap(({ tile }) => tile ?? []))].sort(),
    baseline: first?.processingBaseline ?? null,
    files: files.map((file) => file.path),
    missing,
    leftOut,
    problem: problem ? errorMessage(problem) : null,
  };
}
