import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { SendToWindow, WindowSession } from "../../services/app/application.ts";
import { contentSecurityPolicy } from "../content-security-policy.ts";
import { AccessGate } from "./access-gate.ts";
import { Connections } from "./connections.ts";
import { answerPixels } from "./pixels.ts";
import { refuse, sendError } from "./refusal.ts";
import { StaticFiles } from "./static-files.ts";

export interface WebHostOptions {
  /** the built window */
  readonly renderer: string;
  /** opens a session of the services for a browser window */
  readonly openSession: (tell: SendToWindow) => WindowSession;
  /** what a new window finds done, such as a project that is open already */
  readonly prepare?: (session: WindowSession) => Promise<unknown>;
  /** takes a file that was dropped on the window, and says where it put it */
  readonly receive?: (session: WindowSession, batch: string, name: string, content: IncomingMessage) => Promise<string>;
  /** 0: any free port */
  readonly port?: number;
  /** how long a session waits for a connection that broke */
  readonly patienceMilliseconds?: number;
  /** between two questions whether the browser is still there */
  readonly heartbeatMilliseconds?: number;
}

/** Requests over the WebSocket are small JSON; pixels and files use HTTP. */
const largestMessage = 64 << 20;

/** Serves the window on loopback: its files, one WebSocket per window, pixels, and files dropped on it. */
export class WebHost {
  readonly #options: WebHostOptions;
  readonly #files: StaticFiles;
  readonly #connections: Connections;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage, perMessageDeflate: false });
  readonly #servers: Server[] = [];
  #gate!: AccessGate;

  constructor(options: WebHostOptions) {
    this.#options = options;
    this.#files = new StaticFiles(options.renderer);
    this.#connections = new Connections(options);
  }

  /** Resolves when the host answers on 127.0.0.1, and on ::1 where this machine has it. */
  async listen(): Promise<void> {
    const wanted = this.#options.port ?? 0;
    const first = this.#server();
    await listening(first, wanted, "127.0.0.1").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "EADDRINUSE") throw new AppError("port-in-use", { port: wanted }, { cause });
      if (cause.code === "EACCES") throw new AppError("port-not-permitted", { port: wanted }, { cause });
      throw cause;
    });
    this.#servers.push(first);
    const { port } = first.address() as AddressInfo;
    this.#gate = new AccessGate(port);
    const second = this.#server();
    // No IPv6 here, or another program has the port there: 127.0.0.1 is what is printed.
    await listening(second, port, "::1").then(
      () => this.#servers.push(second),
      () => {},
    );
  }

  get port(): number {
    return this.#gate.port;
  }

  /** With the token, which is required. */
  get address(): string {
    return `http://127.0.0.1:${this.#gate.port}/?token=${this.#gate.token}`;
  }

  /** Windows that are open, or that were a moment ago. */
  get sessions(): number {
    return this.#connections.size;
  }

  async close(): Promise<void> {
    this.#connections.close();
    for (const socket of this.#sockets.clients) socket.terminate();
    await Promise.all(
      this.#servers.map((server) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }

  #server(): Server {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        sendError(response, error);
      });
    });
    // An upload of many gigabytes may take its time; a request that says nothing may not.
    server.requestTimeout = 0;
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const url = addressOf(request);
    if (!url) return refuse(response, 400, "This address cannot be read.");
    const { pathname } = url;
    if (pathname === "/" && request.method === "GET" && this.#gate.invited(url) && this.#gate.knownHost(request)) {
      return this.#welcome(response);
    }
    const refusal = this.#gate.refuse(request);
    if (refusal) return refuse(response, refusal.status, refusal.why);
    const [, room, session = "", ...rest] = pathname.split("/");
    if (room === "imports" && request.method === "POST") return this.#receive(session, rest, request, response);
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response, 405, "This cannot be done here.");
    if (room === "pixels") {
      const live = this.#connections.get(session);
      if (!live) return refuse(response, 404, "This window is closed.");
      return answerPixels(live.session, `/${rest.join("/")}${url.search}`, request, response);
    }
    const file = pathname === "/" ? "/index.html" : decodeURIComponent(pathname);
    if (!this.#files.has(file)) return refuse(response, 404, "There is no such page.");
    return this.#files.answer(file, request, response);
  }

  /**
   * Takes the token out of the address. The cookie is strict, so a redirect that began at another site would not send it:
   * this page, which is ours, goes on by itself.
   */
  #welcome(response: ServerResponse): void {
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Set-Cookie": this.#gate.admit(),
    });
    response.end(
      '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=./"><title>OmniSat Desktop</title>',
    );
  }

  async #receive(id: string, path: string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    const live = this.#connections.get(id);
    const { receive } = this.#options;
    if (!live || !receive || path.length < 2) return refuse(response, 404, "This window is closed.");
    // A form of another site cannot send this type without asking first, and asking is refused.
    if (!this.#gate.ownOrigin(request)) return refuse(response, 403, "Another site asked for this.");
    if (request.headers["content-type"] !== "application/octet-stream") return refuse(response, 415, "Send bytes.");
    const [batch = "", ...name] = path.map(decodeURIComponent);
    const done = await receive(live.session, batch, name.join("/"), request);
    response.writeHead(201, { "Content-Type": "application/json", "Cache-Control": "no-store" });
    response.end(JSON.stringify({ path: done }));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = addressOf(request);
    if (url?.pathname !== "/rpc" || this.#gate.refuse(request) || !this.#gate.ownOrigin(request)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { searchParams } = url;
      this.#connections.take(webSocket, searchParams.get("session"), Number(searchParams.get("arrived") ?? 0));
    });
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

/** `undefined` for what is no address: a percent sign that means nothing, a whole other URL. */
function addressOf(request: IncomingMessage): URL | undefined {
  try {
    if (!request.url?.startsWith("/") || request.url.startsWith("//")) return undefined;
    const url = new URL(request.url, "http://127.0.0.1");
    decodeURIComponent(url.pathname);
    return url;
  } catch {
    return undefined;
  }
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
