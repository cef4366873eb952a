export const reportErrors = {
  "report-unwritable": ({ path, reason }: { readonly path: string; readonly reason: string }) =>
    `The report “${path}” cannot be written (${reason}). Choose a folder that exists and where you may write.`,
};
