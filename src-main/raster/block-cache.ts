import { totalmem } from "node:os";
import { ByteCache } from "../files/index.ts";
import type { TypedArray } from "./sample-type.ts";

const sizeOf = (bands: readonly TypedArray[]) => bands.reduce((sum, band) => sum + band.byteLength, 0);

/**
 * Decoded blocks: 96 MiB, or a sixteenth of the machine's memory when that is less. A block that would displace a quarter of
 * them is cheaper to decode again.
 */
export const blockCache = new ByteCache<readonly TypedArray[]>(Math.min(96 * 2 ** 20, totalmem() / 16), sizeOf, 1 / 4);
