/** What the names of models that come with the program begin with; no model of a project is called so. */
const prefix = "shipped:";

/** The name that a model in this folder of the installation is chosen by. */
export const shippedName = (folder: string): string => prefix + folder;

export const isShippedName = (name: string): boolean => name.startsWith(prefix);

/** The folder of a model that comes with the program. */
export const folderOfShipped = (name: string): string => name.slice(prefix.length);

/**
 * Whether a training of patches starts from a model that comes with the program, where one fits and nobody chose. It saves the
 * pre-training step; it is the default only where the survey says that it wins.
 */
const startsFromShipped: boolean = false;

/** What a training starts from where nobody says otherwise: the name of a model, or `null` for nothing. */
export function usualStart(
  shipped: readonly { readonly name: string; readonly why: object | null }[],
  wanted = startsFromShipped,
): string | null {
  return wanted ? (shipped.find(({ why }) => why === null)?.name ?? null) : null;
}
