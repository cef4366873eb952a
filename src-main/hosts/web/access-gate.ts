import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly why: string;
}

/** Browsers of one person, each with a secret of its own; the oldest is forgotten. */
const mostBrowsers = 32;

const loopbackNames: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Decides which requests the web host answers: only those of a browser that was opened with the address and its token.
 *
 * A page of another site can make this browser request `127.0.0.1`, also under a host name of its own (DNS rebinding). So the Host
 * must be a name of loopback, the Origin (where there is one) the same host and port, and every request needs the token,
 * which such a page does not know. The port in Host is free: at the near end of an SSH tunnel it may be another one.
 *
 * The token is exchanged for a secret that this browser alone gets, as a cookie. Browsers send the cookies of 127.0.0.1 to
 * every port of it, so another program that listens there may see the cookie: it is not the token, its name and value say
 * the port, and a host on another port, or after a restart, does not know it.
 */
export class AccessGate {
  readonly port: number;
  readonly token: string;
  /** named after the port, because cookies of one host are shared by all its ports */
  readonly cookieName: string;
  /** SHA-256 of the secrets that were given out */
  readonly #secrets: Buffer[] = [];

  constructor(port: number, token: string = randomBytes(24).toString("base64url")) {
    this.port = port;
    this.token = token;
    this.cookieName = `omnisat-${port}`;
  }

  /** A new secret for a browser that came with the token: the cookie that it shows from now on. */
  admit(): string {
    const value = `${this.port}.${randomBytes(24).toString("base64url")}`;
    this.#secrets.push(digest(value));
    if (this.#secrets.length > mostBrowsers) this.#secrets.shift();
    return `${this.cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Every secret is compared, whichever matches, so that the time that it takes gives nothing away. */
  #holds(value: string | null): boolean {
    if (value === null) return false;
    const given = digest(value);
    let known = false;
    for (const secret of this.#secrets) known = timingSafeEqual(secret, given) || known;
    return known;
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
    if (!this.#holds(cookieValue(request.headers.cookie, this.cookieName))) {
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

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Compares in constant time; hashes make the lengths equal. */
function same(left: string | null, right: string): boolean {
  return left !== null && timingSafeEqual(digest(left), digest(right));
}
