/** Why no shape of a file lies in the project, as far as trying could find out. */
export type PlaceHint =
  /** another coordinate system (`null`: the file's own), or exchanged coordinates, put so many of the positions into the project */
  | {
      readonly kind: "fits";
      readonly crs: string | null;
      readonly swap: boolean;
      readonly inside: number;
      readonly of: number;
    }
  /** the system counts in metres and the coordinates look like degrees, or the other way round */
  | {
      readonly kind: "unit";
      readonly crs: string;
      readonly looksLike: "degrees" | "metres";
      readonly at: readonly [number, number];
    }
  /** longitude and latitude of a shape, and of the middle of the project */
  | {
      readonly kind: "elsewhere";
      readonly shapes: readonly [number, number];
      readonly project: readonly [number, number];
    };

type Reading = Extract<PlaceHint, { readonly kind: "fits" }>;

/** What to do about a hint, in the words of who says it: options of the command line, or controls of the window. */
interface Remedies {
  /** after “… lie in the project:” */
  readonly fits: (reading: Reading) => string;
  /** a sentence */
  readonly unit: () => string;
}

const onCommandLine: Remedies = {
  fits: ({ crs, swap }) =>
    `if that is right, say ${[...(crs === null ? [] : [`--crs ${crs}`]), ...(swap ? ["--swap"] : [])].join(" ")}.`,
  unit: () => "Name the right one with --crs EPSG:code.",
};

/** The hint as a sentence that ends with what to do; `otherwise` where there is no hint. */
export function placeSentence(hint: PlaceHint | null, otherwise: string, remedies: Remedies = onCommandLine): string {
  switch (hint?.kind) {
    case "fits": {
      const { crs, swap, inside, of } = hint;
      const reading =
        crs === null ? "With x and y exchanged" : `Read as ${crs}${swap ? " with x and y exchanged" : ""}`;
      return `${reading}, ${inside} of ${of} positions lie in the project: ${remedies.fits(hint)}`;
    }
    case "unit":
      return `Its coordinate system (${hint.crs}) counts in ${hint.looksLike === "degrees" ? "metres" : "degrees"}, but its coordinates look like ${hint.looksLike}: (${hint.at.join(", ")}). ${remedies.unit()}`;
    case "elsewhere":
      return `They lie around longitude ${hint.shapes[0].toFixed(3)}, latitude ${hint.shapes[1].toFixed(3)}; the project around ${hint.project[0].toFixed(3)}, ${hint.project[1].toFixed(3)}. ${otherwise}`;
    default:
      return otherwise;
  }
}
