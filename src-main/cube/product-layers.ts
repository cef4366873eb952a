import type { ForeignKind } from "../../src-shared/domain/foreign-files.ts";
import type { SensorId } from "../../src-shared/eo/index.ts";

/** Names of masks that products bring as files of their own: Landsat, HLS, PlanetScope, Theia and others. */
const masks =
  /(?:^|[_.-])(?:QA_?PIXEL|PIXEL_QA|QA_RADSAT|RADSAT_QA|Fmask|udm2?|CLDPRB|MSK_CLASSI|(?:CLM|EDG|MG2|SAT)_R[12]|cloud_?mask)(?:[_.-]|$)/i;

/**
 * The thermal bands of Landsat, levels 2 and ARD (`ST_B10`, `ST_B6`, `ST`), level 1 (`B10`, `B11`; `B6` of Landsat 4 to 7, `B6_VCID_1`)
 * and of HLS (`L30….B10`, `B11`): kelvin or degrees, or the counts of a thermal sensor.
 */
const temperatures =
  /(?:^|[_.])ST_B\d{1,2}(?=[_.]|$)|^L[COTE]\d{2}_.*_ST(?=\.|$)|^HLS\.L30\..*\.B1[01](?=\.|$)|^L[CT]0[89]_L1.*_B1[01](?=[_.]|$)|^L[TE]0[457]_L1.*_B6(?=[_.]|$)/i;

/** Layers that go with the reflectances of Landsat (`ST_…`, `SR_…`), Sentinel-2 (`AOT`, `WVP`) and HLS (angles). */
const layers =
  /(?:^|[_.])(?:ST_(?:ATRAN|CDIST|DRAD|EMIS|EMSD|QA|TRAD|URAD)|SR_(?:QA_AEROSOL|ATMOS_OPACITY|CLOUD_QA)|AOT|WVP|S[AZ]A|V[AZ]A)(?:_(?:10|20|60)m)?(?=\.|$)/i;

/** The picture of three colours that comes with a Sentinel-2 product. */
const pictures = /(?:^|[_.])TCI(?:_(?:10|20|60)m)?(?=\.|$)/i;

/**
 * True of a file whose name says that it is a temperature, which must never be read as reflectance: the bare name
 * `ST_B10.TIF` would else be band 10.
 * @param name of the file, without its folder
 * @see USGS, Landsat 8-9 Collection 2 Level 2 Science Product Guide (LSDS-1619), §2; HLS User Guide v2.0, table 8
 */
export const isTemperature = (name: string): boolean => temperatures.test(name);

/**
 * What a file that holds none of a sensor's usual bands is, by its name, or `undefined`.
 * @param name of the file, without its folder
 */
export function layerKind(name: string, sensor: SensorId): ForeignKind | undefined {
  if (masks.test(name)) return "mask";
  if (sensor !== "sentinel-2" && sensor !== "landsat") return undefined;
  return layers.test(name) ? "productLayer" : pictures.test(name) ? "productPicture" : undefined;
}
