import { messages } from "./message.ts";

/** The start screen: recent projects, new, open, sample. */
export const startMessages = messages({
  "start.title": { en: "OmniSat Desktop", fr: "OmniSat Desktop" },
});
