import { messages } from "./message.ts";

/** Comparing and shifting layers. */
export const alignmentMessages = messages({
  "alignment.title": { en: "Alignment", fr: "Alignement" },
});
