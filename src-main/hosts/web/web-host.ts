import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Session, Tell } from "../../services/application.ts";
import { contentSecurityPolicy } from "../content-security-policy.ts";
import { Gate } from "./gate.ts";
import { LiveSession } from "./live-session.ts";
import { answerPixels } from "./pixels.ts";
import { StaticFiles } from "./static-files.ts";

export interface WebHostOptions {
  /** the built window */
  readonly renderer: string;
  /** opens a session of the services for a browser window */
  readonly openSession: (tell: Tell) => Session;
  /** 0: any free port */
  readonly port?: number;
  /** how long a session waits for a connection that broke */
  readonly patienceMilliseconds?: number;
  /** between two questions whether the browser is still there */
  readonly heartbeatMilliseconds?: number;
}

/** Requests larger than this are no request of ours: pixels and files do not go through the WebSocket. */
const largestMessage = 64 << 20;

/** Serves the window on loopback: its files, one WebSocket per window, and pixels. */
export class WebHost {
  readonly #options: WebHostOptions;
  readonly #files: StaticFiles;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #waiting = new Map<LiveSession, NodeJS.Timeout>();
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage, perMessageDeflate: false });
  readonly #servers: Server[] = [];
  #heartbeat: NodeJS.Timeout | undefined;
  #gate!: Gate;
  #port = 0;

  constructor(options: WebHostOptions) {
    this.#options = options;
    this.#files = new StaticFiles(options.renderer);
  }

  /** Resolves when the host answers on 127.0.0.1, and on ::1 where this machine has it. */
  async listen(): Promise<void> {
    const first = this.#server();
    await listening(first, this.#options.port ?? 0, "127.0.0.1");
    this.#servers.push(first);
    this.#port = (first.address() as AddressInfo).port;
    this.#gate = new Gate(this.#port);
    const second = this.#server();
    try {
      await listening(second, this.#port, "::1");
      this.#servers.push(second);
    } catch {
      // No IPv6 here, or someone else has the port there: 127.0.0.1 is what was printed.
    }
    const beat = this.#options.heartbeatMilliseconds ?? 15_000;
    this.#heartbeat = setInterval(() => this.#askWhetherThere(), beat).unref();
  }

  get port(): number {
    return this.#port;
  }

  /** With the token: the one way in. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#gate.token}`;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const live of this.#sessions.values()) live.close();
    this.#sessions.clear();
    for (const socket of this.#sockets.clients) socket.terminate();
    await Promise.all(
      this.#servers.map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    );
  }

  #server(): Server {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
        response.end();
        if (process.env.OMNISAT_DEBUG) console.error(error);
      });
    });
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/" && this.#gate.invited(url) && this.#gate.knownHost(request)) {
      this.#welcome(response);
      return;
    }
    const refusal = this.#gate.refuse(request);
    if (refusal) {
      refuse(response, refusal.status, refusal.why);
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuse(response, 405, "Only GET is answered here.");
      return;
    }
    if (url.pathname.startsWith("/pixels/")) {
      const [, , session = "", ...rest] = url.pathname.split("/");
      const live = this.#sessions.get(session);
      if (!live) refuse(response, 404, "This window is closed.");
      else await answerPixels(live.session, `/${rest.join("/")}${url.search}`, request, response);
      return;
    }
    const pathname = url.pathname === "/" ? "/index.html" : decodeURIComponent(url.pathname);
    if (this.#files.has(pathname)) await this.#files.answer(pathname, request, response);
    else refuse(response, 404, "There is no such page.");
  }

  /**
   * Takes the token out of the address. The cookie is strict, so a redirect that began at another site would not send it:
   * this page, which is ours, goes on by itself.
   */
  #welcome(response: ServerResponse): void {
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Set-Cookie": this.#gate.setCookie,
    });
    response.end(
      '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=./"><title>OmniSat Desktop</title>',
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname !== "/rpc" || this.#gate.refuse(request) || !this.#gate.ownOrigin(request.headers.origin)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const arrived = Number(url.searchParams.get("arrived") ?? 0);
      const known = this.#sessions.get(url.searchParams.get("session") ?? "");
      const live = known?.canResume(arrived) ? known : this.#open();
      clearTimeout(this.#waiting.get(live));
      this.#waiting.delete(live);
      let alive = true;
      webSocket.on("pong", () => {
        alive = true;
      });
      webSocket.on("error", () => webSocket.terminate());
      webSocket.on("close", () => this.#lost(live, webSocket));
      this.#beats.set(webSocket, () => {
        if (!alive) webSocket.terminate();
        alive = false;
        webSocket.ping();
      });
      live.attach(webSocket, known === live ? arrived : 0);
    });
  }

  readonly #beats = new WeakMap<import("ws").WebSocket, () => void>();

  #askWhetherThere(): void {
    for (const socket of this.#sockets.clients) this.#beats.get(socket)?.();
  }

  #open(): LiveSession {
    const live = new LiveSession(this.#options.openSession);
    this.#sessions.set(live.id, live);
    return live;
  }

  /** A connection broke or a window was closed, which looks the same: the session waits a while for it to come back. */
  #lost(live: LiveSession, socket: import("ws").WebSocket): void {
    if (!live.detach(socket)) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(live);
      this.#sessions.delete(live.id);
      live.close();
    }, this.#options.patienceMilliseconds ?? 60_000).unref();
    this.#waiting.set(live, timer);
  }
}

const securityHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": contentSecurityPolicy(),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()",
};

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(`${why}\n`);
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
