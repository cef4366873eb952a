import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly why: string;
}

const loopbackNames: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Who may talk to the web host: only a browser that was given the address with its token.
 *
 * A page of another site can make this browser ask `127.0.0.1`, also under a name of its own (DNS rebinding). So the Host
 * must be a name of loopback, the Origin (where there is one) the same host and port, and every request needs the token,
 * which such a page does not know. The port in Host is free: at the near end of an SSH tunnel it may be another one.
 */
export class Gate {
  readonly port: number;
  readonly token: string;
  /** named after the port, because cookies of one host are shared by all its ports */
  readonly cookieName: string;

  constructor(port: number, token: string = randomBytes(24).toString("base64url")) {
    this.port = port;
    this.token = token;
    this.cookieName = `omnisat-${port}`;
  }

  /** The cookie that stands for the token after the first page, so that the token leaves the address bar. */
  get setCookie(): string {
    return `${this.cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Is this the address that was printed, token and all? */
  invited(url: URL): boolean {
    return same(url.searchParams.get("token"), this.token);
  }

  /** Undefined when the request may pass. */
  refuse(request: IncomingMessage): Refusal | undefined {
    if (!this.knownHost(request)) return { status: 421, why: "This name is not served here." };
    const { origin } = request.headers;
    const site = request.headers["sec-fetch-site"];
    const ours = origin === undefined || this.ownOrigin(request);
    if (!ours || (site !== undefined && site !== "same-origin" && site !== "none")) {
      return { status: 403, why: "Another site asked for this." };
    }
    if (!same(cookieValue(request.headers.cookie, this.cookieName), this.token)) {
      const why =
        "This browser does not hold the token. Open the whole address that was printed when the program started.";
      return { status: 403, why };
    }
    return undefined;
  }

  /** Is it asked for under a name of loopback? */
  knownHost(request: IncomingMessage): boolean {
    return loopbackNames.has((request.headers.host ?? "").toLowerCase().replace(/:\d+$/, ""));
  }

  /** A WebSocket and an upload always say where they come from: it must be the very page they go to. */
  ownOrigin(request: IncomingMessage): boolean {
    return request.headers.origin?.toLowerCase() === `http://${(request.headers.host ?? "").toLowerCase()}`;
  }
}

function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return value.join("=");
  }
  return null;
}

/** Compares in constant time; hashes make the lengths equal. */
function same(left: string | null, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return left !== null && timingSafeEqual(digest(left), digest(right));
}
