import { type MethodFeatures, usesEncoder } from "../../src-shared/domain/method.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import type { Cube, PatchWindow } from "../cube/index.ts";
import {
  type BandChange,
  changeBands,
  columnsOf,
  type Months,
  methodTileSide,
  monthOf,
  readPatchRows,
} from "./monthly-values.ts";
import { PatchSquares } from "./patch-squares.ts";
import type { Predictor, TileLogits } from "./predict.ts";

// What a method's row holds of a patch: read alike where the method is taught and where it is asked.

/** A tile to be read. */
export interface WantedTile {
  readonly window: PatchWindow;
  /** [P] 1 for patches that are asked for; all when left out */
  readonly wanted?: Uint8Array;
}

/** Rows of the patches of a tile. */
export interface RowsOfTile extends Pick<TileLogits, "window" | "seen" | "attention"> {
  /** [P, columns]; NaN where nothing was seen */
  readonly values: Float32Array;
}

/** What reads rows, tile by tile, in the order given. */
export interface RowReader {
  readonly columns: number;
  /** of its tiles, in patches */
  readonly side: number;
  run(tiles: Iterable<WantedTile>, signal: AbortSignal): AsyncGenerator<RowsOfTile, void>;
}

/** What rows are read from. */
export interface RowSource {
  readonly cube: Cube;
  readonly modalities: readonly Modality[];
  readonly months: Months;
  /** the position of a date's month, below 0 outside of the months; that of the calendar when left out */
  readonly monthIn?: (date: string) => number;
  /** what becomes of the values of bands, by modality; they stay as they are when left out */
  readonly changes?: readonly (readonly (BandChange | undefined)[])[] | undefined;
  readonly features?: MethodFeatures | undefined;
  /** gives embeddings; needed where the features are an encoder's */
  readonly encoder?: EncoderOfRows | undefined;
}

/** An encoder, the side of its tiles in patches, and how many numbers it gives of a patch. */
export interface EncoderOfRows {
  readonly predictor: Pick<Predictor, "run">;
  readonly side: number;
  readonly columns: number;
}

/** What rows hold, as a source says. */
export function rowReader(source: RowSource): RowReader {
  const { features = "monthly", encoder } = source;
  if (!usesEncoder(features)) return monthlyReader(source);
  if (!encoder) throw new Error("Rows of an encoder without one");
  return features === "encoder" ? encoderReader(encoder) : sideBySide(monthlyReader(source), encoder);
}

function monthlyReader(source: RowSource): RowReader {
  const { cube, modalities, months, monthIn = (date: string) => monthOf(months, date), changes } = source;
  return {
    columns: columnsOf(modalities, months),
    side: methodTileSide(modalities),
    async *run(tiles, signal) {
      for (const { window, wanted } of tiles) {
        signal.throwIfAborted();
        const rows = await readPatchRows(cube, window, modalities, months, monthIn, signal, wanted);
        if (changes) changeBands(rows.values, modalities, months, changes);
        yield { window, ...rows };
      }
    },
  };
}

const encoderReader = ({ predictor, side, columns }: EncoderOfRows): RowReader => ({
  columns,
  side,
  async *run(tiles, signal) {
    const windows = (function* () {
      for (const { window } of tiles) yield window;
    })();
    for await (const { logits: values, ...rest } of predictor.run(windows, signal)) {
      // An encoder says something of what nobody sees, too.
      for (const [p, seen] of rest.seen.entries())
        if (seen !== 1) values.fill(Number.NaN, p * columns, (p + 1) * columns);
      yield { ...rest, values };
    }
  },
});

/** Monthly values first. Tiles of an encoder may overlap where a map is drawn: what was read of a square is kept. */
function sideBySide(monthly: RowReader, encoder: EncoderOfRows): RowReader {
  const { side } = encoder;
  const columns = monthly.columns + encoder.columns;
  const squares = new PatchSquares(Math.min(mostSide, monthly.side), monthly.columns, (window, signal) =>
    rowsOf(monthly, { window }, signal),
  );
  return {
    columns,
    side,
    async *run(tiles, signal) {
      const asked: WantedTile[] = [];
      const noted = (function* () {
        for (const tile of tiles) {
          asked.push(tile);
          yield tile;
        }
      })();
      for await (const embedded of encoderReader(encoder).run(noted, signal)) {
        const tile = asked.shift()!;
        const own = await (tile.wanted ? rowsOf(monthly, tile, signal) : squares.read(tile.window, signal));
        const values = new Float32Array(embedded.seen.length * columns);
        for (let p = 0; p < embedded.seen.length; p++) {
          values.set(own.values.subarray(p * monthly.columns, (p + 1) * monthly.columns), p * columns);
          values.set(
            embedded.values.subarray(p * encoder.columns, (p + 1) * encoder.columns),
            p * columns + monthly.columns,
          );
        }
        yield { ...embedded, values, seen: embedded.seen.map((seen, p) => seen | own.seen[p]!) };
      }
    },
  };
}

/** Of squares that are kept, in patches: small enough for labels that lie far apart. */
const mostSide = 8;

async function rowsOf(reader: RowReader, tile: WantedTile, signal: AbortSignal): Promise<RowsOfTile> {
  for await (const rows of reader.run([tile], signal)) return rows;
  throw new Error("A tile without rows");
}
