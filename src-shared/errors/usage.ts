import { type Because, because } from "./reasons/index.ts";

export const usageErrors = {
  "demo-folder-taken": ({ folder }: { readonly folder: string }) =>
    `“${folder}” exists and was not made by the demo, so it is left alone. Remove it, or name another folder with --folder.`,
  /** A wrong word on the command line: exit code 2. */
  usage: ({ problem, help }: { readonly problem: string; readonly help: string }) => `${problem} See \`${help}\`.`,
  "request-invalid": ({ command, problems }: { readonly command: string; readonly problems: readonly Because[] }) =>
    `“${command}” cannot be done as asked: ${problems.map(because).join("; ")}.`,
  "file-missing": ({ path }: { readonly path: string }) => `“${path}” does not exist. Check the name and the folder.`,
  "file-exists": ({ path }: { readonly path: string }) =>
    `“${path}” exists already. Choose another name, or say --overwrite.`,
  "no-images-found": ({ paths }: { readonly paths: readonly string[] }) =>
    `No image (.tif, .tiff) was found in ${paths.map((path) => `“${path}”`).join(", ")}. Name image files, or a folder that holds some.`,
  "provider-unavailable": ({ provider, why }: { readonly provider: string; readonly why: Because }) =>
    `The provider “${provider}” does not work on this machine (${because(why)}). Choose another one, or leave the choice to the program with --provider auto.`,
};
