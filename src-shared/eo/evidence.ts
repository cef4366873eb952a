// What was taken from where: one field of what is known of a file, and the source that gave it.
import type { MaskProduct } from "./masks.ts";
import type { ChosenValues } from "./remarks.ts";

/** Fields of a product's name, and what else is decided about a file. */
export const evidenceFields = [
  "sensor",
  "platform",
  "level",
  "date",
  "time",
  "bands",
  "quality",
  "resolutionMeters",
  "relativeOrbit",
  "pass",
  "tile",
  "processingBaseline",
  "provider",
  "bandNames",
  "mask",
  "radiometry",
] as const;
export type EvidenceField = (typeof evidenceFields)[number];

export type EvidenceSource =
  /** the name of the file, or of a folder above it */
  | { readonly code: "name"; readonly name: string }
  | { readonly code: "chosen" }
  | { readonly code: "bands-and-pixel-size" }
  | { readonly code: "band-descriptions" }
  | { readonly code: "metadata" }
  /** the metadata that came with the product, in a file of their own */
  | { readonly code: "product-metadata"; readonly file: string }
  | { readonly code: "chosen-tag"; readonly tag: string }
  | { readonly code: "file-name" }
  | { readonly code: "usual-order"; readonly count: number }
  /** the values of an aerial image: the first of its bands is near infrared */
  | { readonly code: "near-infrared-first" }
  | { readonly code: "place-in-file" }
  /** the documentation of a product: its masks are known by name */
  | { readonly code: "product-mask"; readonly product: MaskProduct }
  | { readonly code: "chosen-band"; readonly band: number }
  | ({ readonly code: "chosen-values" } & ChosenValues)
  /** the file says it; its heights are not used */
  | { readonly code: "without-heights" }
  /** words of an older release that no later one knows */
  | { readonly code: "written"; readonly text: string };

export interface Evidence {
  readonly field: EvidenceField;
  readonly source: EvidenceSource;
}
