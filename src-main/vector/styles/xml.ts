import { escapeXml as escaped } from "../../raster/xml.ts";

/** Text of one line that is safe inside an element or an attribute: labels of a legend have no line breaks. */
export const escapeXml = (text: string): string => escaped(text.replace(/[\t\n\r]/g, " "));
