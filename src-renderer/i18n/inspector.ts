import { messages } from "./message.ts";

/** The inspector of pixels and patches. */
export const inspectorMessages = messages({
  "inspector.title": { en: "Inspector", fr: "Inspecteur" },
  "inspector.empty.title": { en: "Nothing inspected", fr: "Rien à inspecter" },
  "inspector.empty": {
    en: "Click the map with the Inspect tool to see every band over time.",
    fr: "Cliquez sur la carte avec l’outil Inspecter pour voir chaque bande au fil du temps.",
  },
});
