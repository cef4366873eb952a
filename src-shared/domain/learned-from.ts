/** What the instant map learns from: the monthly values of every patch, an embedding by its name, or both side by side. */
export interface LearnedFrom {
  readonly values: boolean;
  readonly embedding: string | null;
}

export const isSameSource = (one: LearnedFrom, other: LearnedFrom): boolean =>
  one.values === other.values && one.embedding === other.embedding;

/** How well labels that were held out whole are told when it is learned from. */
export interface TriedSource {
  readonly from: LearnedFrom;
  /** mean F1 of the classes */
  readonly macroF1: number;
}
