import type { GeoBox } from "../geo/geobox.ts";

/** Tiles that a small map takes at most: what it costs is known beforehand, however large the project is. */
export const mostSmallMapTiles = 256;

/** What a model shows of one place with each set of its inputs. */
export interface SmallMaps {
  /** the place, with one pixel per patch */
  readonly area: GeoBox;
  readonly maps: readonly {
    readonly modalities: readonly string[];
    /** a byte per patch row by row, in base64: the class's code, 0 where no input sees anything */
    readonly classes: string;
  }[];
}

/** All inputs together, then each alone: what tells which of them a map needs. One input has nothing to be compared with. */
export const eachInputOf = (names: readonly string[]): string[][] =>
  names.length < 2 ? [[...names]] : [[...names], ...names.map((name) => [name])];
