/**
 * How maps store shares. Confidence and probabilities are stored as shares of 10,000 in 16 bits, so that 0.0001 is the smallest
 * step: rounded to per cent, rare classes vanish and their order with them. Their files have a scale tag that GDAL and QGIS apply.
 */

/** The stored value of certainty. */
export const certain = 10_000;
/** Nothing is known of the patch. */
export const noShare = 65_535;
/** Stored value · scale: confidence in per cent, as it always was; probabilities from 0 to 1. */
export const confidenceScale = 100 / certain;
export const probabilityScale = 1 / certain;

/** What a stored share is in per cent: 16 bits hold shares of 10,000, the maps of earlier versions per cent in 8 bits. */
export const percentPerStep = (dataType: string): number => (dataType === "uint8" ? 1 : confidenceScale);
