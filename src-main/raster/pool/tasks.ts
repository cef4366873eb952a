import { type EncodeInput, type EncodeOutput, encodeTile } from "../cog/encode-tile.ts";
import { decodeBlock, type StoredBlock } from "../decode/decode-block.ts";
import type { Encoding } from "../image-layout.ts";
import { type ResampleInput, type ResampleOutput, resample } from "../resample.ts";
import type { TypedArray } from "../sample-type.ts";

/** What the worker threads can do: pure functions from plain data to plain data, no files and no state. */
export interface Tasks {
  decode: { input: DecodeInput; output: DecodeOutput };
  resample: { input: ResampleInput; output: ResampleOutput };
  encode: { input: EncodeInput; output: EncodeOutput };
}

export interface DecodeInput {
  readonly encoding: Encoding;
  readonly blocks: readonly StoredBlock[];
}

/** Per block its bands, or why it could not be decoded. */
export type DecodeOutput = readonly (readonly TypedArray[] | string)[];

export type TaskName = keyof Tasks;

export const tasks: { readonly [K in TaskName]: (input: Tasks[K]["input"]) => Promise<Tasks[K]["output"]> } = {
  async decode({ encoding, blocks }) {
    const out: (readonly TypedArray[] | string)[] = [];
    for (const block of blocks) {
      try {
        out.push(await decodeBlock(block, encoding));
      } catch (error) {
        out.push(error instanceof Error ? error.message : String(error));
      }
    }
    return out;
  },
  async resample(input) {
    return resample(input);
  },
  async encode(input) {
    return encodeTile(input);
  },
};
