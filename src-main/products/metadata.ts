// Texts of metadata: XML trees, and moments as producers write them.
import { isoDate } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { decodeXml, descendantsNamed, parseXml, textWithin, type XmlElement, XmlProblem } from "../raster/xml.ts";
import type { Listing } from "./listing.ts";

/** The root of an XML file. @throws AppError "product-metadata-unreadable" when it is none, or was cut off */
export async function xmlOf(listing: Listing, name: string): Promise<XmlElement> {
  const bytes = await listing.read(name);
  try {
    const root = parseXml(decodeXml(bytes), { strict: true });
    if (root) return root;
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
  }
  throw new AppError("product-metadata-unreadable", { path: listing.pathOf(name) });
}

/** The text of the first element of that name, whatever its prefix and depth; `undefined` when there is none, or it is empty. */
export function firstText(root: XmlElement, name: string): string | undefined {
  const text = descendantsNamed(root, name)[0];
  return text === undefined ? undefined : textWithin(text).trim() || undefined;
}

/** A number of the first element of that name; `undefined` when it is none. */
export function firstNumber(root: XmlElement, name: string): number | undefined {
  const text = firstText(root, name);
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? undefined : value;
}

/** `2023-06-25T23:46:21.024Z` → date and time (UTC); both `undefined` when it is no moment of the calendar. */
export function momentOf(text: string | undefined): { readonly date?: string; readonly time?: string } {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]00:?00)?)?/.exec(
    text?.trim() ?? "",
  );
  const date = match && isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
  if (!date) return {};
  return match[4] === undefined ? { date } : { date, time: `${match[4]}:${match[5]}:${match[6]}` };
}
