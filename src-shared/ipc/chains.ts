import type { ChainFacts, ChainStart } from "../domain/chain.ts";
import type { ProviderChoice } from "../domain/job.ts";
import type { PresetName } from "../domain/presets.ts";

type Nothing = Readonly<Record<string, never>>;
type ById = { readonly id: number };

/** What a chain would begin with. */
export interface ChainOffer {
  /** labels that test; with none a split is made first */
  readonly tested: number;
  /** ways to begin, the usual one first */
  readonly starts: readonly ChainStart[];
  /** inputs: with several, each is measured alone too */
  readonly inputs: readonly string[];
}

/** From clicks to a trained map: the instant map is kept, a network taught on the same labels, both mapped and measured on the same ones. */
export interface ChainCommands {
  "chains.list"(request: Nothing): Promise<readonly ChainFacts[]>;
  "chains.offer"(request: Nothing): Promise<ChainOffer>;
  /** Begins; a split is made first where no label tests. One chain at a time. */
  "chains.start"(request: {
    /** of the trained model and its map */
    readonly name: string;
    /** of the instant map that is kept */
    readonly instant: string;
    /** of the encoder, where one is taught */
    readonly encoder: string;
    /** the usual one when left out */
    readonly start?: ChainStart | undefined;
    readonly preset?: PresetName | undefined;
    readonly steps?: number | undefined;
    readonly seed?: number | undefined;
    readonly provider?: ProviderChoice | undefined;
  }): Promise<ById>;
  /** Goes on where it stopped or failed. */
  "chains.resume"(request: ById): Promise<void>;
  /** Stops at the next step of the running job; what is reached stays. */
  "chains.stop"(request: ById): Promise<void>;
  /** Ends it. What its finished steps made stays. */
  "chains.cancel"(request: ById): Promise<void>;
  /** Resolves when it is done; rejects with the reason when it stops before. */
  "chains.wait"(request: ById): Promise<ChainFacts>;
}
