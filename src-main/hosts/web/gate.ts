import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request is turned away; undefined when it may pass. */
export type Refusal = { readonly status: 403 | 421; readonly why: string };

/**
 * Who may talk to the web host: only a browser on this machine that was given the address with its token.
 *
 * A page of another site can make this browser ask `127.0.0.1`, also under a name of its own (DNS rebinding). So the Host
 * must be ours, the Origin (where there is one) too, and every request needs the token, which such a page does not know.
 */
export class Gate {
  readonly token: string;
  readonly cookieName: string;
  readonly #hosts: ReadonlySet<string>;

  /** The cookie is named after the port, because cookies of one host are shared by all its ports. */
  constructor(port: number, token: string = randomBytes(24).toString("base64url")) {
    this.token = token;
    this.cookieName = `omnisat-${port}`;
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  }

  /** The cookie that stands for the token after the first page, so that it leaves the address bar. */
  get setCookie(): string {
    return `${this.cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Is this the address that was printed, token and all? */
  invited(url: URL): boolean {
    return same(url.searchParams.get("token"), this.token);
  }

  refuse(request: IncomingMessage): Refusal | undefined {
    const { host, origin, cookie } = request.headers;
    if (host === undefined || !this.#hosts.has(host.toLowerCase())) {
      return { status: 421, why: "This address is not served here." };
    }
    if (!this.#fromHere(origin, request.headers["sec-fetch-site"])) {
      return { status: 403, why: "Another site asked for this." };
    }
    if (!same(cookieValue(cookie, this.cookieName), this.token)) {
      return {
        status: 403,
        why: "Open the address that `omnisat serve` printed, with its token: this browser does not hold it.",
      };
    }
    return undefined;
  }

  /** Checks Host alone: for the first page, which has no cookie yet. */
  knownHost(request: IncomingMessage): boolean {
    return this.#hosts.has((request.headers.host ?? "").toLowerCase());
  }

  /** A WebSocket always says where it comes from; same-origin GETs of a page do not. */
  ownOrigin(origin: string | undefined): boolean {
    return origin !== undefined && /^http:\/\//.test(origin) && this.#hosts.has(origin.slice("http://".length));
  }

  #fromHere(origin: string | undefined, site: string | string[] | undefined): boolean {
    if (origin !== undefined && !this.ownOrigin(origin)) return false;
    return site === undefined || site === "same-origin" || site === "none";
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
