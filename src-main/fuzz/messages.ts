/** Parent → child: run case `index`, and write its files to `save` as well; a negative index ends the process. */
export interface Question {
  readonly index: number;
  readonly save?: string | undefined;
}

/** Child → parent. */
export type Answer =
  | { readonly kind: "ready" }
  /** the files lie there; reading begins now */
  | { readonly kind: "started"; readonly index: number }
  | {
      readonly kind: "done";
      readonly index: number;
      readonly seed: string;
      readonly outcome: "read" | "refused" | "raw";
      /** of a refusal: the error's code; of a raw error: its first words */
      readonly code: string;
      readonly message: string;
      readonly milliseconds: number;
      readonly rss: number;
    };
