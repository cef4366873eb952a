import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import type { Session, Tell } from "../../services/application.ts";

/** What the host remembers to say again, at most, when the connection breaks. */
const rememberedBytes = 16 << 20;

interface Said {
  readonly seq: number;
  readonly text: string;
}

/**
 * One window of the web host: a session of the services that outlives its WebSocket. Every message to the browser is
 * numbered and kept until the browser has said that it arrived; every request has a number that only grows. So a
 * connection that breaks and comes back loses nothing and asks nothing twice.
 */
export class LiveSession {
  readonly id = randomBytes(18).toString("base64url");
  readonly session: Session;
  #socket: WebSocket | undefined;
  #seq = 0;
  #lastRequest = 0;
  #said: Said[] = [];
  #saidBytes = 0;
  /** messages up to this one are forgotten */
  #forgotten = 0;

  constructor(open: (tell: Tell) => Session) {
    this.session = open((topic, what) => this.#say({ topic, what }));
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** Can a browser that has everything up to `seq` go on where it was? */
  canResume(seq: number): boolean {
    return seq >= this.#forgotten && seq <= this.#seq;
  }

  /** Goes on over this socket; a socket before it is dropped. */
  attach(socket: WebSocket, arrived: number): void {
    this.#socket?.terminate();
    this.#socket = socket;
    this.#forget(arrived);
    socket.send(JSON.stringify({ hello: { session: this.id, lastRequest: this.#lastRequest } }));
    for (const { text } of this.#said) socket.send(text);
    socket.on("message", (data, binary) => {
      if (!binary) this.#hear(String(data));
    });
  }

  /** True when this was the socket in use. */
  detach(socket: WebSocket): boolean {
    if (this.#socket !== socket) return false;
    this.#socket = undefined;
    return true;
  }

  close(): void {
    this.#socket?.close(1001);
    this.#socket = undefined;
    this.session.close();
  }

  #hear(text: string): void {
    const message = readMessage(text);
    if (!message) {
      this.#socket?.close(1007);
      return;
    }
    if ("arrived" in message) {
      this.#forget(message.arrived);
      return;
    }
    const { id, command, request } = message;
    // The browser repeats what it does not know to have arrived; numbers only grow.
    if (id <= this.#lastRequest) return;
    this.#lastRequest = id;
    this.session.invoke(command, request).then(
      (answer) => this.#say({ id, answer }),
      (error: unknown) => this.#say({ id, error: errorMessage(error) }),
    );
  }

  #say(message: Readonly<Record<string, unknown>>): void {
    const seq = ++this.#seq;
    const text = JSON.stringify({ seq, ...message });
    this.#said.push({ seq, text });
    this.#saidBytes += text.length;
    while (this.#saidBytes > rememberedBytes && this.#said.length > 1) this.#forget(this.#said[0]!.seq);
    this.#socket?.send(text);
  }

  #forget(seq: number): void {
    while (this.#said.length && this.#said[0]!.seq <= seq) this.#saidBytes -= this.#said.shift()!.text.length;
    this.#forgotten = Math.max(this.#forgotten, seq);
  }
}

type FromBrowser =
  | { readonly id: number; readonly command: string; readonly request: unknown }
  | { readonly arrived: number };

function readMessage(text: string): FromBrowser | undefined {
  try {
    const message = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (Number.isSafeInteger(message?.arrived)) return message as FromBrowser;
    if (Number.isSafeInteger(message?.id) && typeof message?.command === "string") return message as FromBrowser;
  } catch {
    // Not JSON: no message of ours.
  }
  return undefined;
}
