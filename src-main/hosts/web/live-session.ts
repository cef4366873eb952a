import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import type { Hello, ToWebHost } from "../../../src-shared/ipc/connection.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import type { SendToWindow, WindowSession } from "../../services/app/application.ts";
import { logUnexpectedError } from "../log-unexpected-error.ts";

/** The most that the host keeps for sending again after the connection broke. */
const rememberedBytes = 16 << 20;
/** A browser that does not read is disconnected when this much is waiting; it reconnects and gets what it missed. */
const waitingBytes = 64 << 20;

/**
 * One window of the web host: a session of the services that outlives its WebSocket. Every message to the browser is
 * numbered and kept until the browser has said that it arrived; every request has a number that only grows. So a
 * connection that breaks and is restored loses no message and runs no request twice.
 */
export class LiveSession {
  readonly id = randomBytes(18).toString("base64url");
  readonly session: WindowSession;
  #socket: WebSocket | undefined;
  #seq = 0;
  #lastRequest = 0;
  #said: { readonly seq: number; readonly text: string }[] = [];
  #saidBytes = 0;
  /** messages up to this one cannot be said again */
  #forgotten = 0;

  /** resolves when the session is what a window should see first */
  readonly ready: Promise<void>;

  constructor(open: (tell: SendToWindow) => WindowSession, prepare: (session: WindowSession) => Promise<unknown>) {
    this.session = open((topic, what) => this.#say({ topic, what }));
    // When the preparation fails, the window shows the start screen.
    this.ready = prepare(this.session).then(
      () => {},
      () => {},
    );
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** Can a browser that has everything up to `seq` go on where it was? */
  canResume(seq: number): boolean {
    return Number.isSafeInteger(seq) && seq >= this.#forgotten && seq <= this.#seq;
  }

  /** Goes on over this socket; one before it is dropped. */
  attach(socket: WebSocket, arrived: number): void {
    this.#socket?.terminate();
    this.#socket = socket;
    this.#forget(arrived);
    socket.on("message", (data, binary) => {
      const message = binary ? undefined : readMessage(String(data));
      if (message) this.#hear(message);
      else socket.close(1007, "no message of ours");
    });
    socket.send(JSON.stringify({ hello: { session: this.id, lastRequest: this.#lastRequest } } satisfies Hello));
    for (const { text } of this.#said) socket.send(text);
  }

  /** True when this was the socket in use. */
  detach(socket: WebSocket): boolean {
    if (this.#socket !== socket) return false;
    this.#socket = undefined;
    return true;
  }

  close(): void {
    this.#socket?.close(1001, "the program ends");
    this.#socket = undefined;
    this.session.close();
  }

  #hear(message: ToWebHost): void {
    if ("arrived" in message) {
      this.#forget(Math.min(message.arrived, this.#seq));
      return;
    }
    const { id, command, request } = message;
    // The browser repeats what it does not know to have arrived; numbers only grow.
    if (id <= this.#lastRequest) return;
    this.#lastRequest = id;
    this.session.invoke(command, request).then(
      (answer) => this.#answer(id, answer),
      (error: unknown) => this.#refuse(id, error),
    );
  }

  #answer(id: number, answer: unknown): void {
    try {
      this.#say({ id, answer });
    } catch (error) {
      // An answer that cannot be written as JSON fails its own request only.
      this.#refuse(id, error);
    }
  }

  #refuse(id: number, error: unknown): void {
    logUnexpectedError(error);
    this.#say({ id, error: errorMessage(error) });
  }

  #say(message: Readonly<Record<string, unknown>>): void {
    const text = JSON.stringify({ seq: this.#seq + 1, ...message });
    const seq = ++this.#seq;
    this.#said.push({ seq, text });
    this.#saidBytes += text.length;
    while (this.#saidBytes > rememberedBytes && this.#said.length > 1) this.#forget(this.#said[0]!.seq);
    if (!this.#socket) return;
    if (this.#socket.bufferedAmount > waitingBytes) this.#socket.terminate();
    else this.#socket.send(text);
  }

  #forget(seq: number): void {
    let count = 0;
    while (count < this.#said.length && this.#said[count]!.seq <= seq)
      this.#saidBytes -= this.#said[count++]!.text.length;
    this.#said.splice(0, count);
    this.#forgotten = Math.max(this.#forgotten, seq);
  }
}

function readMessage(text: string): ToWebHost | undefined {
  try {
    const message = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (Number.isSafeInteger(message?.arrived)) return message as unknown as ToWebHost;
    if (Number.isSafeInteger(message?.id) && typeof message?.command === "string")
      return message as unknown as ToWebHost;
  } catch {
    // Not JSON.
  }
  return undefined;
}
