import { z } from "zod";
import { filePath } from "../path-gate.ts";
import { knownCrs } from "../rasters/rasters.ts";

/** A vector file or a table as a request names it. */
export const vectorFile = {
  path: filePath,
  layer: z.string().min(1).optional(),
  crs: z.string().min(1).optional(),
  encoding: z.string().min(1).optional(),
  x: z.string().min(1).optional(),
  y: z.string().min(1).optional(),
  wkt: z.string().min(1).optional(),
  delimiter: z.string().min(1).max(3).optional(),
};
export type VectorFile = z.output<z.ZodObject<typeof vectorFile>>;

/** How its reader is asked. @throws AppError "crs-unknown" */
export const sourceOf = ({ path, layer, crs, encoding, x, y, wkt, delimiter }: VectorFile) => ({
  path,
  options: {
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
    ...(wkt === undefined ? {} : { wkt }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(layer === undefined ? {} : { layer }),
    ...(crs === undefined ? {} : { crs: knownCrs(crs) }),
    ...(encoding === undefined ? {} : { encoding }),
  },
});
