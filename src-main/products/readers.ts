import { dimap } from "./dimap.ts";
import { hls } from "./hls.ts";
import { landsat } from "./landsat.ts";
import { maja } from "./maja.ts";
import { modis } from "./modis.ts";
import { planetscope } from "./planetscope.ts";
import type { ProductReader } from "./product.ts";
import { sentinel1Rtc, sentinel1Safe } from "./sentinel-1.ts";
import { sentinel2Safe, sentinel2Tile } from "./sentinel-2.ts";
import { stac } from "./stac.ts";

/** Every family of products that is known, the most particular first: a file belongs to the first product that names it. */
export const readers: readonly ProductReader[] = [
  sentinel2Safe,
  sentinel2Tile,
  maja,
  sentinel1Safe,
  sentinel1Rtc,
  landsat,
  hls,
  planetscope,
  dimap,
  modis,
  stac,
];
