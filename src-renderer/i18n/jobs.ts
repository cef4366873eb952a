import { messages } from "./message.ts";

/** The tray of jobs. */
export const jobsMessages = messages({
  "jobs.title": { en: "Jobs", fr: "Tâches" },
  "jobs.empty.title": { en: "Nothing is running", fr: "Aucune tâche en cours" },
  "jobs.empty": {
    en: "Trainings, maps and exports show their progress here.",
    fr: "Les entraînements, cartes et exports montrent ici leur avancement.",
  },
});
