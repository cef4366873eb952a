/** Comparing the network with reference numbers. */
export const parityErrors = {
  "parity-folder": ({ path, problem }: { readonly path: string; readonly problem: string }) =>
    `“${path}” ${problem}. Name a folder with a manifest.json in the format of the OmniSat reference.`,
  "parity-file": ({ path, problem }: { readonly path: string; readonly problem: string }) =>
    `“${path}” cannot be used for parity: ${problem}. Copy the folder again, or leave this file out.`,
};
