import { messages } from "./message.ts";

/** The user guide and what the program says about itself. */
export const helpMessages = messages({
  "help.title": { en: "User guide", fr: "Guide d’utilisation" },
  "help.about": { en: "About OmniSat", fr: "À propos d’OmniSat" },
  "help.contents": { en: "Contents", fr: "Sommaire" },
  "help.search": { en: "Search the guide", fr: "Rechercher dans le guide" },
  "about.what": {
    en: "Maps of forests, crops and land cover, trained on your own machine.",
    fr: "Des cartes de forêts, de cultures et d’occupation du sol, apprises sur votre machine.",
  },
  "about.version": { en: "Version", fr: "Version" },
  "about.host": { en: "Runs in", fr: "S’exécute dans" },
  "about.host.electron": { en: "its own window", fr: "sa propre fenêtre" },
  "about.host.web": { en: "a browser on this machine", fr: "un navigateur sur cette machine" },
  "about.platform": { en: "System", fr: "Système" },
  "about.cores": { en: "Processor cores", fr: "Cœurs de processeur" },
  "about.memory": { en: "Memory", fr: "Mémoire" },
  "about.method": {
    en: "The method is OmniSat: Astruc, Gonthier, Mallet, Landrieu, “OmniSat: Self-Supervised Modality Fusion for Earth Observation”, ECCV 2024.",
    fr: "La méthode est OmniSat : Astruc, Gonthier, Mallet, Landrieu, « OmniSat: Self-Supervised Modality Fusion for Earth Observation », ECCV 2024.",
  },
  "about.licences": {
    en: "MIT licence. The sample contains modified Copernicus Sentinel data 2018–2019 and parcels of Landbouwgebruikspercelen (LPIS) Flanders through WorldCereal. The offline base map is made with Natural Earth.",
    fr: "Licence MIT. L’exemple contient des données Copernicus Sentinel modifiées 2018–2019 et des parcelles Landbouwgebruikspercelen (LPIS) de Flandre via WorldCereal. Le fond de carte hors ligne est fait avec Natural Earth.",
  },
});
