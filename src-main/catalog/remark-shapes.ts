// The shapes of the remarks and the evidence that a project stores, as `json-columns.ts` checks them.
import { type EvidenceSource, maskProducts, type RemarkCode } from "../../src-shared/eo/index.ts";

type Shape = (value: unknown) => boolean;
interface Builders {
  readonly object: (fields: Readonly<Record<string, Shape>>, optional?: Readonly<Record<string, Shape>>) => Shape;
  readonly text: Shape;
  readonly number: Shape;
  readonly truth: Shape;
  readonly orNull: (shape: Shape) => Shape;
}

/** A remark or a source by its code, with the values that its sentence needs. A code without a shape does not compile. */
export function remarkShapes({ object, text, number, truth, orNull }: Builders) {
  const nothing = object({});
  const baseline = object({ baseline: text });
  const median = object({ median: number });
  const dates = object({ dates: number, darkest: number });
  const chosen = object({}, { scale: number, offset: number, unit: text, nodata: orNull(number) });
  // Those about a whole import or repair are said and not stored.
  const never: Shape = () => false;
  const remarks: Readonly<Record<RemarkCode, Shape>> = {
    "scale-tags": object({ scale: number, offset: number }),
    "as-stored": nothing,
    "scale-stated": object({ quantification: number, add: number }),
    "float-digital-numbers": object({ largest: number }),
    "float-reflectance": nothing,
    "theia-no-offset": nothing,
    "hls-no-offset": nothing,
    "sentinel-hub-no-offset": nothing,
    "baseline-adds": baseline,
    "baseline-adds-nothing": baseline,
    "dark-pixels": object({ darkest: number }),
    "sensed-after-and-bright": object({ date: text, darkest: number }),
    "sensed-before": object({ date: text }),
    "guessed-from-kind": object({ offset: truth }),
    "unit-decibels": nothing,
    "unit-formula": object({ unit: text }),
    "unit-amplitude": nothing,
    "unit-power": nothing,
    "median-negative": median,
    "decibels-times": object({ median: number, times: number }),
    "linear-power": median,
    "neither-decibels-nor-power": median,
    "terrain-corrected-linear": nothing,
    "taken-as-decibels": nothing,
    "hls-scale": nothing,
    "landsat-level-2": nothing,
    "metadata-scale": object({ file: text, scale: number, offset: number }),
    "amplitude-said": object({ file: text }),
    "power-said": object({ file: text }),
    "decibels-said": object({ file: text }),
    "values-chosen": chosen,
    "baseline-against-tags": baseline,
    "offset-unsure": nothing,
    uncalibrated: nothing,
    "offset-probably-in": dates,
    "offset-probably-twice": dates,
    "mask-beside": never,
    "mask-alone": never,
    "bands-awaited": never,
    "product-incomplete": never,
    repair: never,
    written: object({ text }),
  };
  const sources: Readonly<Record<EvidenceSource["code"], Shape>> = {
    name: object({ name: text }),
    chosen: nothing,
    "bands-and-pixel-size": nothing,
    "band-descriptions": nothing,
    metadata: nothing,
    "product-metadata": object({ file: text }),
    "chosen-tag": object({ tag: text }),
    "file-name": nothing,
    "usual-order": object({ count: number }),
    "near-infrared-first": nothing,
    "place-in-file": nothing,
    "chosen-band": object({ band: number }),
    "product-mask": object({ product: (value) => maskProducts.includes(value as never) }),
    "chosen-values": chosen,
    "without-heights": nothing,
    written: object({ text }),
  };
  const byCode =
    (shapes: Readonly<Record<string, Shape>>): Shape =>
    (value) => {
      const { code } = (value ?? {}) as { readonly code?: unknown };
      return typeof code === "string" && Object.hasOwn(shapes, code) && shapes[code]!(value);
    };
  return { remark: byCode(remarks), source: byCode(sources) };
}
