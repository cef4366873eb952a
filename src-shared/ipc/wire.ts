import type { TopicName } from "./contract.ts";
import type { ErrorMessage } from "./errors.ts";

/** What a window sends over the socket or the process boundary. */
export interface ToHost {
  readonly id: number;
  readonly command: string;
  readonly request: unknown;
}

/** What a window hears. */
export type FromHost =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: ErrorMessage }
  | { readonly topic: TopicName; readonly what: unknown };
