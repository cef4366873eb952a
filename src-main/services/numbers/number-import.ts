import { z } from "zod";
import type { NumberReport } from "../../../src-shared/domain/numbers.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { requireDifferent } from "../../jobs/number-places.ts";
import { fieldsInSubprocess, type ImportedNumber, readInSubprocess } from "../../vector/index.ts";
import type { Deps } from "../deps.ts";
import { sourceOf, vectorFile } from "../labels/vector-file.ts";

const finite = z.number().refine(Number.isFinite);

export const numberImportSchema = z.strictObject({
  ...vectorFile,
  field: z.string().min(1).optional(),
  swap: z.boolean().default(false),
  name: z.string().trim().min(1).max(200).optional(),
  unit: z.string().trim().max(40).default(""),
  minimum: finite.optional(),
  maximum: finite.optional(),
  nodata: z.array(finite).max(20).default([]),
});
export type NumberImportInput = z.output<typeof numberImportSchema>;

/**
 * Reads the numbers of a file, in a process of its own.
 * @throws AppError "numbers-field-needed", "numbers-range", "numbers-one-value", and what the file is not
 */
export async function readNumbers(
  catalog: Catalog,
  request: NumberImportInput,
  announce: Deps["announce"],
): Promise<{ readonly report: NumberReport; readonly places: readonly ImportedNumber[]; readonly field: string }> {
  const { path, field, swap, nodata } = request;
  const [minimum, maximum] = [request.minimum ?? null, request.maximum ?? null];
  if (minimum !== null && maximum !== null && minimum >= maximum)
    throw new AppError("numbers-range", { minimum, maximum });
  const source = sourceOf(request);
  if (field === undefined)
    throw new AppError("numbers-field-needed", { path, fields: await fieldsInSubprocess(source) });
  const places: ImportedNumber[] = [];
  const { report } = await readInSubprocess(
    "numbers",
    { ...source, numbers: { field, nodata, minimum, maximum, swap, grid: catalog.project.get().grid.geobox } },
    {
      progress: (fraction) => announce("work", { name: "numbers.import", fraction }),
      part(items) {
        places.push(...(items as readonly ImportedNumber[]));
        return true;
      },
    },
  );
  // Too few places may become enough with another file; one number never teaches anything.
  const values = places.map(({ value }) => value);
  if (values.length > 1) requireDifferent(request.name ?? field, values);
  return { report, places, field };
}
