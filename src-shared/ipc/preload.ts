import type { TopicName } from "./contract.ts";
import type { ErrorMessage } from "./errors.ts";

/** An answer of the program as plain data: an error that crosses Electron's bridge as an error would lose its code. */
export type Reply = { readonly answer: unknown } | { readonly error: ErrorMessage };

/** What Electron's preload puts at `window.omnisat`: three functions and an address, and nothing of Electron itself. */
export interface PreloadBridge {
  readonly pixels: string;
  invoke(command: string, request: unknown): Promise<Reply>;
  subscribe(topic: TopicName, listener: (what: unknown) => void): () => void;
  pathOf(file: object): string | null;
}
