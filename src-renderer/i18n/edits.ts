import { messages } from "./message.ts";

/** What each step of the history is called in “Undo: …”. Keys are those that the services give to `catalog.edit`. */
export const editsMessages = messages({
  "edit.unknown": { en: "last change", fr: "dernière modification" },
});
