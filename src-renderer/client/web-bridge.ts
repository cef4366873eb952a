import { AppError } from "../../src-shared/errors/index.ts";
import {
  type AnswerOf,
  type Bridge,
  type CommandName,
  errorFrom,
  type FromHost,
  type RequestOf,
  type TopicName,
  type Topics,
} from "../../src-shared/ipc/index.ts";

/** What the web host adds to the messages of the contract, so that a connection that breaks and comes back loses nothing. */
type Heard =
  | { readonly hello: { readonly session: string; readonly lastRequest: number } }
  | (FromHost & { readonly seq: number });

export type Standing = "connecting" | "open" | "broken" | "gone";

export interface WebBridgeOptions {
  readonly address: URL;
  readonly onstanding: (standing: Standing) => void;
  /** The program has closed this window's session: it was restarted, or the window was disconnected too long. */
  readonly onforgotten: () => void;
  readonly open?: (address: string) => WebSocket;
}

interface Waiting {
  readonly text: string;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

const pauses = [250, 500, 1000, 2000, 4000];
/** After so many failed attempts the window says that the program has stopped, and goes on trying. */
const patience = 8;

/** The bridge of the web host, over one WebSocket that reconnects by itself. */
export class WebBridge implements Bridge {
  readonly host = "web";
  readonly #options: WebBridgeOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<TopicName, Set<(what: never) => void>>();
  #socket: WebSocket | undefined;
  #session = "";
  #arrived = 0;
  #lastId = 0;
  #failures = 0;
  #acknowledge: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WebBridgeOptions) {
    this.#options = options;
    this.#connect();
  }

  get pixels(): string {
    return `${this.#options.address.origin}/pixels/${this.#session}`;
  }

  invoke<Name extends CommandName>(command: Name, request: RequestOf<Name>): Promise<AnswerOf<Name>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const text = JSON.stringify({ id, command, request });
      this.#waiting.set(id, { text, resolve: resolve as (answer: unknown) => void, reject });
      if (this.#ready) this.#socket?.send(text);
    });
  }

  subscribe<Name extends TopicName>(topic: Name, listener: (what: Topics[Name]) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** A browser does not tell where a file lies. */
  pathOf(): null {
    return null;
  }

  #ready = false;

  #connect(): void {
    const { address, open = (url: string) => new WebSocket(url) } = this.#options;
    const url = new URL("rpc", address);
    url.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    if (this.#session)
      url.search = new URLSearchParams({ session: this.#session, arrived: `${this.#arrived}` }).toString();
    const socket = open(url.href);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)) as Heard);
    socket.onclose = () => this.#lost();
  }

  #lost(): void {
    this.#ready = false;
    const pause = pauses[Math.min(this.#failures++, pauses.length - 1)]!;
    this.#options.onstanding(this.#failures > patience ? "gone" : this.#session ? "broken" : "connecting");
    setTimeout(() => this.#connect(), pause);
  }

  #hear(message: Heard): void {
    if ("hello" in message) {
      this.#greet(message.hello);
      return;
    }
    if (message.seq <= this.#arrived) return;
    this.#arrived = message.seq;
    this.#acknowledge ??= setTimeout(() => {
      this.#acknowledge = undefined;
      if (this.#ready) this.#socket?.send(JSON.stringify({ arrived: this.#arrived }));
    }, 500);
    if ("topic" in message) {
      for (const listener of this.#listeners.get(message.topic) ?? []) listener(message.what as never);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    // An answer of nothing has no `answer` in JSON.
    if ("error" in message) waiting?.reject(errorFrom(message.error));
    else waiting?.resolve(message.answer);
  }

  /** Continues the session when the host still has it; else reports that pending requests may not have been done. */
  #greet({ session, lastRequest }: { readonly session: string; readonly lastRequest: number }): void {
    const known = session === this.#session;
    const before = this.#session;
    this.#session = session;
    this.#failures = 0;
    this.#ready = true;
    if (!known) this.#arrived = 0;
    if (!known && before) {
      const lost = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of lost) reject(new AppError("connection-lost", undefined));
    }
    for (const [id, { text }] of this.#waiting) if (!known || id > lastRequest) this.#socket?.send(text);
    this.#options.onstanding("open");
    if (!known && before) this.#options.onforgotten();
  }
}
