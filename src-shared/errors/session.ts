import { type Because, because } from "./reasons/index.ts";

/** Windows, connections and what is done in them by hand. */
export const sessionErrors = {
  /** A mistake of ours: its own words, without the places in the program. */
  internal: ({ problem }: { readonly problem: string }) =>
    `An unexpected error occurred in the program: ${problem} Try again; if it happens again, report it with this message.`,
  "command-unknown": ({ command }: { readonly command: string }) =>
    `This version of the program has no command “${command}”. Reload the window; if it stays, the window and the program are of different versions.`,
  "no-project-open": ({ command }: { readonly command: string }) =>
    `No project is open, and “${command}” needs one. Open a project or make a new one.`,
  "path-not-allowed": ({ path, roots }: { readonly path: string; readonly roots: readonly string[] }) =>
    `“${path}” lies outside the folders this program may use (${roots.join(", ")}). Start it with --allow and that folder, or choose another place.`,
  "connection-lost": () =>
    "The connection to the program was lost, so it is not known whether this was done. It connects again by itself; look, and try again.",
  "edit-not-possible": ({ direction, detail }: { readonly direction: "undo" | "redo"; readonly detail: Because }) =>
    `This step cannot be ${direction === "undo" ? "undone" : "redone"}: something it touched has been changed outside the history (${because(detail)}). Nothing was changed.`,
  "edit-not-newest": ({ undone }: { readonly undone: boolean }) =>
    undone
      ? "This step is undone already. Nothing was changed."
      : "Other steps were made since. Undo those first, from the newest on. Nothing was changed.",
  "layer-not-found": ({ id }: { readonly id: string }) =>
    `The project has no layer “${id}” any more. It may have been removed in another window.`,
  "folder-unreadable": ({ path, detail }: { readonly path: string; readonly detail: Because }) =>
    `“${path}” cannot be listed: ${because(detail)}. Choose another folder.`,
  "folder-not-empty": ({ path }: { readonly path: string }) =>
    `“${path}” already holds files. Choose an empty folder or a new one.`,
  "feature-needs-host": ({ command }: { readonly command: string }) =>
    `“${command}” is not available in this kind of window.`,
  "port-in-use": ({ port }: { readonly port: number }) =>
    `Port ${port} is used by another program. Choose another one with --port, or leave --port away to get a free one.`,
  "port-not-permitted": ({ port }: { readonly port: number }) =>
    `Port ${port} may not be used by this account. Choose one above 1023 with --port.`,
  "window-not-built": ({ folder }: { readonly folder: string }) =>
    `The window is not built (“${folder}” is missing). Run \`npm run build\` in the program's folder.`,
  "file-name-unusable": ({ name }: { readonly name: string }) =>
    `A file cannot be called “${name}” on every system. Rename it (letters, digits, spaces, dots, dashes) and drop it again.`,
  "browser-not-opened": ({ address }: { readonly address: string }) =>
    `No browser could be opened on this machine. Open ${address} yourself.`,
};
