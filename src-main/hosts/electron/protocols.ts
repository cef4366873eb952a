import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { AppError } from "../../../src-shared/errors/index.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import type { PixelAnswer, WindowSession } from "../../services/app/application.ts";
import { contentSecurityPolicy } from "../content-security-policy.ts";
import { logUnexpectedError } from "../log-unexpected-error.ts";
import { mediaType } from "../media-type.ts";
import type { ElectronApi } from "./electron-api.ts";
import { windowOrigin } from "./names.ts";

/** Must run before the app is ready: afterwards Chromium knows its schemes. */
export function registerSchemes(protocol: ElectronApi["protocol"]): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    {
      scheme: "raster",
      privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, stream: true },
    },
  ]);
}

const policy = contentSecurityPolicy(["raster:"]);

/** Serves the window's own files at `app://omnisat/`, from one folder and no other. */
export function appProtocol(renderer: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const path = url.host === "omnisat" && request.method === "GET" ? fileWithin(renderer, url.pathname) : undefined;
    if (!path) return new Response("There is no such page.", { status: 404 });
    const bytes = await readFile(path).catch(() => undefined);
    if (!bytes) return new Response("There is no such page.", { status: 404 });
    return new Response(new Uint8Array(bytes), {
      headers: {
        "Content-Type": mediaType(path),
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
      },
    });
  };
}

/** The file behind an address, when it lies in the folder. */
function fileWithin(folder: string, pathname: string): string | undefined {
  try {
    const path = resolve(join(folder, decodeURIComponent(pathname === "/" ? "/index.html" : pathname)));
    return path.startsWith(resolve(folder) + sep) && !path.includes("\0") && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Serves pixels at `raster://<window>/…`; a request that is cancelled stops the reading. */
export function rasterProtocol(
  sessionOf: (window: string) => WindowSession | undefined,
): (request: Request) => Promise<Response> {
  // The window's page is of another scheme: it may read this, and no other page may.
  const readable = { "Access-Control-Allow-Origin": windowOrigin };
  return async (request) => {
    const { host, pathname, search } = new URL(request.url);
    const session = request.method === "GET" ? sessionOf(host) : undefined;
    if (!session) return new Response("This window is closed.", { status: 404, headers: readable });
    try {
      const { status, headers, body } = await session.pixels(pathname + search, request.signal);
      return new Response(status === 204 ? null : bodyOf(body), { status, headers: { ...headers, ...readable } });
    } catch (error) {
      logUnexpectedError(error);
      const status = error instanceof AppError ? 422 : 500;
      return Response.json({ error: errorMessage(error) }, { status, headers: readable });
    }
  };
}

/** A file is read as it is sent: it may be larger than the memory. */
function bodyOf(body: PixelAnswer["body"]): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return Readable.toWeb(body.file.createReadStream({ start: 0 })) as ReadableStream<Uint8Array>;
}
