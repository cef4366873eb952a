import { AppError } from "../../src-shared/errors/index.ts";
import type { Catalog } from "../catalog/index.ts";

/** Bytes for the eye, as an HTTP answer or one of Electron's protocol. */
export interface PixelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Pixels of a project by path. */
export async function answerPixels(_catalog: Catalog, path: string, _signal: AbortSignal): Promise<PixelAnswer> {
  throw new AppError("layer-not-found", { id: path });
}
