import { type Because, because } from "./reasons/index.ts";
export const reportErrors = {
  "report-unwritable": ({ path, reason }: { readonly path: string; readonly reason: Because }) =>
    `The report “${path}” cannot be written (${because(reason)}). Choose a folder that exists and where you may write.`,
};
