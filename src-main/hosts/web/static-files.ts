import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".jpg": "image/jpeg",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};
const compressible = /^(text\/|application\/json|image\/svg)/;

/** The media type of a file by its name, for both hosts. */
export const mediaType = (path: string): string => types[extname(path).toLowerCase()] ?? "application/octet-stream";

const compress = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
};

/**
 * The built window, some megabytes, held as a list made at the start: a name that is not in it does not exist, so no
 * name can climb out of the folder.
 */
export class StaticFiles {
  readonly #files = new Map<string, { readonly path: string; readonly type: string; etag?: string }>();
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(folder: string) {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      this.#files.set(`/${relative(folder, path).split(sep).join("/")}`, { path, type: mediaType(path) });
    }
  }

  has(pathname: string): boolean {
    return this.#files.has(pathname);
  }

  async answer(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = this.#files.get(pathname)!;
    const bytes = readFileSync(file.path);
    file.etag ??= `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 24)}"`;
    response.setHeader("ETag", file.etag);
    // Names below assets/ carry the hash of what they hold.
    response.setHeader(
      "Cache-Control",
      pathname.startsWith("/assets/") ? "private, max-age=31536000, immutable" : "no-cache",
    );
    response.setHeader("Content-Type", file.type);
    if (request.headers["if-none-match"] === file.etag) {
      response.writeHead(304).end();
      return;
    }
    const coding = compressible.test(file.type) && bytes.length > 1024 ? accepted(request) : undefined;
    response.setHeader("Vary", "Accept-Encoding");
    let body: Buffer = bytes;
    if (coding) {
      const key = `${coding} ${pathname}`;
      if (!this.#compressed.has(key)) this.#compressed.set(key, compress[coding](bytes));
      body = await this.#compressed.get(key)!;
      response.setHeader("Content-Encoding", coding);
    }
    response.writeHead(200, { "Content-Length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  }
}

function accepted(request: IncomingMessage): "br" | "gzip" | undefined {
  const header = String(request.headers["accept-encoding"] ?? "");
  return (["br", "gzip"] as const).find((coding) => new RegExp(`(^|[ ,])${coding}($|[ ,;])`).test(header));
}
