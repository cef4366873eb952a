import type { TopicName } from "./contract.ts";
import type { ErrorMessage } from "./errors.ts";

/** Messages from a window, over the socket or the process boundary. */
export interface ToHost {
  readonly id: number;
  readonly command: string;
  readonly request: unknown;
}

/** Messages to a window. */
export type FromHost =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: ErrorMessage }
  | { readonly topic: TopicName; readonly what: unknown };
