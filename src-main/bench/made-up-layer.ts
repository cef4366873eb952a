import { mkdirSync } from "node:fs";
import { type FeatureGroup, featureVersion, GroupWriter, scalesOf } from "../features/index.ts";
import { seededRandom } from "../files/index.ts";

/** Patches along the edge of a block, and blocks along each edge of the layer: 1,048,576 patches in all. */
const side = 32;
const edge = 32;
export const patchesAlongEdge = side * edge;
const patches = side * side;

interface MadeUpLayer {
  readonly key: string;
  readonly modality: string;
  readonly columns: number;
  /** its first block, in blocks from the CRS origin */
  readonly origin?: readonly [col: number, row: number];
}

/** Writes a layer of a million patches of made-up values, ten kinds of ground in four kinds of blocks, so that measurements need no images. */
export async function writeMadeUpLayer(
  folder: string,
  { key, modality, columns, origin: [left, top] = [0, 0] }: MadeUpLayer,
): Promise<void> {
  const random = seededRandom("made-up-layer");
  const bell = (): number => random() + random() + random() + random() - 2;
  const curves = Array.from({ length: 10 }, () => Float32Array.from({ length: columns }, bell));
  const kinds = Array.from({ length: 4 }, () =>
    Float32Array.from(
      { length: patches * columns },
      (_, at) => curves[Math.floor(at / columns) % 10]![at % columns]! + 1.5 * bell(),
    ),
  );
  const blocks = Array.from(
    { length: edge * edge },
    (_, i) => [left + (i % edge), top + Math.floor(i / edge)] as const,
  );
  const group: FeatureGroup = {
    version: featureVersion,
    key,
    modality,
    columns: Array.from({ length: columns }, (_, j) => String(j)),
    side,
    blocks,
    ...scalesOf(kinds[0]!, columns),
    made: { at: "", appVersion: "bench", dates: [] },
  };
  mkdirSync(folder, { recursive: true });
  const writer = await GroupWriter.begin(folder, group);
  const seen = new Uint8Array(patches).fill(1);
  for (const i of blocks.keys()) await writer.append(kinds[i % kinds.length]!, seen);
  await writer.close();
}
