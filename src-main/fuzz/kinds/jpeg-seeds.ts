import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tiffCompression, tiffPhotometric, tiffTag, tiffType } from "../../raster/formats/tiff/tags.ts";
import { imageFields, makeTiff } from "../../raster/testing/make-tiff.ts";
import type { Seed } from "../kind.ts";

const [width, height] = [77, 59];

/** A JPEG as the one strip of a TIFF that says the right sizes: what is wrong is inside the JPEG. */
export function tiffOfJpeg(data: Uint8Array, samples: number): Uint8Array {
  const fields = imageFields(
    { width, height, compression: tiffCompression.jpeg, samples, length: data.length },
    {
      [tiffTag.BitsPerSample]: { type: tiffType.SHORT, value: new Array<number>(samples).fill(8) },
      [tiffTag.PhotometricInterpretation]: {
        type: tiffType.SHORT,
        value: [samples === 1 ? tiffPhotometric.blackIsZero : tiffPhotometric.yCbCr],
      },
      [tiffTag.TileWidth]: undefined,
      [tiffTag.TileLength]: undefined,
      [tiffTag.TileOffsets]: undefined,
      [tiffTag.TileByteCounts]: undefined,
      [tiffTag.StripOffsets]: { type: tiffType.LONG, value: "data" },
      [tiffTag.RowsPerStrip]: { type: tiffType.SHORT, value: [height] },
      [tiffTag.StripByteCounts]: { type: tiffType.LONG, value: [data.length] },
    },
  );
  return makeTiff({ fields, data });
}

const names = ["1x1", "2x1", "2x2", "4x2", "grey", "progressive", "restarts"] as const;

/** JPEGs in every chroma layout, progressive and with restart marks. */
export const jpegSeeds = (): Seed[] =>
  names.map((name) => ({
    name: `JPEG ${name}`,
    files: {
      "image.jpg": new Uint8Array(readFileSync(join(import.meta.dirname, `../../raster/fixtures/jpeg/${name}.jpg`))),
    },
  }));

export const samplesOf = (seed: Seed): number => (seed.name.endsWith("grey") ? 1 : 3);
