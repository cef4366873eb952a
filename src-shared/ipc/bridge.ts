import type { AnswerOf, CommandName, RequestOf, TopicName, Topics } from "./contract.ts";

/** The window's only way out. Electron's preload puts it at `window.omnisat`; in a browser it is made over one WebSocket. */
export interface Bridge {
  readonly host: "electron" | "web";
  /** base address of pixel requests, without a slash at the end; the paths below it are those of `pixels.ts` */
  readonly pixels: string;
  invoke<Name extends CommandName>(command: Name, request: RequestOf<Name>): Promise<AnswerOf<Name>>;
  /** Returns how to stop listening. */
  subscribe<Name extends TopicName>(topic: Name, listener: (what: Topics[Name]) => void): () => void;
  /** Where a dropped `File` lies on this machine; `null` where a browser does not tell. */
  pathOf(file: object): string | null;
}
