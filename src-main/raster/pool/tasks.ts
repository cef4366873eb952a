import type { Reason } from "../../../src-shared/errors/reasons/index.ts";
import { type EncodeInput, type EncodeOutput, encodeTile } from "../cog/encode-tile.ts";
import type { PlainError } from "../damage.ts";
import { blockProblem, decodeBlock, type StoredBlock } from "../decode/decode-block.ts";
import type { StoredHeader } from "../formats/format.ts";
import type { Jp2Input } from "../formats/jp2/decode.ts";
import type { Encoding } from "../formats/tiff/image-layout.ts";
import { type ResampleInput, type ResampleOutput, resample } from "../resample.ts";
import type { TypedArray } from "../sample-type.ts";

/** What the worker threads can do: functions from plain data to plain data, no state. All but `header` touch no file. */
export interface Tasks {
  header: { input: HeaderInput; output: HeaderOutput };
  decode: { input: DecodeInput; output: DecodeOutput };
  decodeJp2: { input: Jp2Input; output: DecodeOutput };
  resample: { input: ResampleInput; output: ResampleOutput };
  encode: { input: EncodeInput; output: EncodeOutput };
}

export interface HeaderInput {
  readonly path: string;
  /** names the CRS of a file that has none */
  readonly crs: string | undefined;
}

export type HeaderOutput = { readonly header: StoredHeader } | { readonly error: PlainError };

export interface DecodeInput {
  readonly encoding: Encoding;
  readonly blocks: readonly StoredBlock[];
}

/** Per block its bands, or why it could not be decoded. */
export type DecodeOutput = readonly (readonly TypedArray[] | Reason)[];

export type TaskName = keyof Tasks;

/** Coordinate systems and metadata are loaded in the threads that read headers only. */
export const loadHeader = () => Promise.all([import("../formats/headers.ts"), import("../damage.ts")]);

export const tasks: { readonly [K in TaskName]: (input: Tasks[K]["input"]) => Promise<Tasks[K]["output"]> } = {
  async header({ path, crs }) {
    const [{ readHeader }, { plainError }] = await loadHeader();
    try {
      return { header: await readHeader(path, crs) };
    } catch (error) {
      return { error: plainError(path, error) };
    }
  },
  async decode({ encoding, blocks }) {
    const out: (readonly TypedArray[] | Reason)[] = [];
    for (const block of blocks) {
      try {
        out.push(await decodeBlock(block, encoding));
      } catch (error) {
        out.push(blockProblem(error, encoding));
      }
    }
    return out;
  },
  async decodeJp2(input) {
    // Loaded on demand: most threads never read such a file.
    const { decodeJp2 } = await import("../formats/jp2/decode.ts");
    return decodeJp2(input);
  },
  async resample(input) {
    return resample(input);
  },
  async encode(input) {
    return encodeTile(input);
  },
};
