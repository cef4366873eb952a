/** Windows keeps these names, with any extension, for devices: a file of that name cannot be made, or writes to a printer port. */
const reserved = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(\.|$)/i;

/** Would Windows take this name of a file or folder for a device? Asked on every system: projects move between them. */
export const isReservedName = (name: string): boolean => reserved.test(name.replace(/[ .]+$/, ""));

/** Most bytes of a name that is made here: file systems allow 255, and endings and temporary names are added to it. */
const longest = 120;

/** A name that every file system takes, like `name`: letters, digits, full stops, `_` and `-`, at most 120 bytes. */
export function fileName(name: string): string {
  let safe = name
    .normalize("NFKC")
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
    .replace(/^[-.]+/, "");
  while (Buffer.byteLength(safe) > longest) safe = [...safe].slice(0, -1).join("");
  safe = safe.replace(/[-.]+$/, "");
  if (safe === "") return "unnamed";
  return isReservedName(safe) ? `_${safe}` : safe;
}
