import { messages } from "./message.ts";

/** The map and its tools. */
export const mapMessages = messages({
  "map.title": { en: "Map", fr: "Carte" },
});
