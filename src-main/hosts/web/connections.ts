import type { WebSocket } from "ws";
import type { SendToWindow, WindowSession } from "../../services/app/application.ts";
import { LiveSession } from "./live-session.ts";

export interface ConnectionsOptions {
  readonly openSession: (tell: SendToWindow) => WindowSession;
  /** what a new window finds done, such as a project that is open already */
  readonly prepare?: (session: WindowSession) => Promise<unknown>;
  readonly patienceMilliseconds?: number;
  readonly heartbeatMilliseconds?: number;
}

/**
 * The windows of the web host and their sockets. A broken connection and a closed window look the
 * same: the session waits a while for the window to reconnect before it is closed.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #waiting = new Map<LiveSession, NodeJS.Timeout>();
  /** sockets, and whether they answered the last question */
  readonly #alive = new Map<WebSocket, boolean>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#askWhetherThere(), options.heartbeatMilliseconds ?? 15_000).unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: string): LiveSession | undefined {
    return this.#sessions.get(id);
  }

  /** A browser has connected: it goes on with the session it names, when that is still there, or gets a new one. */
  take(socket: WebSocket, id: string | null, arrived: number): void {
    const known = this.#sessions.get(id ?? "");
    const goesOn = known?.canResume(arrived) === true;
    if (known && !goesOn) this.#end(known);
    const live = known && goesOn ? known : this.#open();
    clearTimeout(this.#waiting.get(live));
    this.#waiting.delete(live);
    this.#alive.set(socket, true);
    socket.on("pong", () => this.#alive.set(socket, true));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.#alive.delete(socket);
      if (this.#sessions.has(live.id) && (live.detach(socket) || !live.connected)) this.#wait(live);
    });
    // The browser sends nothing before our hello.
    void live.ready.then(() => {
      if (socket.readyState === socket.OPEN) live.attach(socket, goesOn ? arrived : 0);
    });
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const live of [...this.#sessions.values()]) this.#end(live);
  }

  #open(): LiveSession {
    const live = new LiveSession(this.#options.openSession, this.#options.prepare ?? (async () => {}));
    this.#sessions.set(live.id, live);
    return live;
  }

  #wait(live: LiveSession): void {
    const patience = this.#options.patienceMilliseconds ?? 60_000;
    this.#waiting.set(live, setTimeout(() => this.#end(live), patience).unref());
  }

  #end(live: LiveSession): void {
    clearTimeout(this.#waiting.get(live));
    this.#waiting.delete(live);
    this.#sessions.delete(live.id);
    live.close();
  }

  #askWhetherThere(): void {
    for (const [socket, answered] of this.#alive) {
      if (!answered) socket.terminate();
      else {
        this.#alive.set(socket, false);
        socket.ping();
      }
    }
  }
}
