import type { Model } from "../domain/model.ts";

type Nothing = Readonly<Record<string, never>>;

/** Trained models: list them, take them along. */
export interface ModelCommands {
  "models.list"(request: Nothing): Promise<readonly Model[]>;
  "models.export"(request: {
    readonly name: string;
    readonly to: string;
    readonly onnxDates?: number | null | undefined;
    readonly overwrite?: boolean | undefined;
  }): Promise<{ readonly path: string; readonly files: readonly string[] }>;
  /** Forgets the model; its files stay. */
  "models.forget"(request: { readonly name: string }): Promise<void>;
}
