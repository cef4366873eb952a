import { AppError } from "../../../src-shared/errors/index.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";

/** `574680,5621800,575320,5622440` → bounds. */
export function parseBounds(command: string, text: string | undefined): Bounds {
  const numbers = (text ?? "").split(",").map(Number);
  const [minX, minY, maxX, maxY] = numbers;
  if (text === undefined || numbers.length !== 4 || !numbers.every(Number.isFinite)) {
    throw new AppError("usage", {
      problem: `The area is four numbers: --bounds left,bottom,right,top${text === undefined ? "" : `, not “${text}”`}.`,
      help: `omnisat ${command} --help`,
    });
  }
  return { minX: minX!, minY: minY!, maxX: maxX!, maxY: maxY! };
}

/** The entries that are there: what was not typed is left to the service's default. */
export function given<T extends Readonly<Record<string, unknown>>>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
