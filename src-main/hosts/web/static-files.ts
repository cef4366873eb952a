import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { mediaType } from "../media-type.ts";

const compressible = /^(text\/|application\/json|image\/svg)/;
type Coding = "br" | "gzip";

const compress: Readonly<Record<Coding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

/**
 * The built window, some megabytes. Its names are a list made from the folder, so a name that is not in it does not exist
 * and no path can leave the folder.
 */
export class StaticFiles {
  readonly #folder: string;
  #files: ReadonlyMap<string, string>;
  /** compressed once, by tag and coding */
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#files = filesBelow(folder);
  }

  has(pathname: string): boolean {
    // The window may have been rebuilt meanwhile, with other names.
    const known = this.#files.get(pathname);
    if (known === undefined || !existsSync(known)) this.#files = filesBelow(this.#folder);
    return this.#files.has(pathname);
  }

  async answer(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = this.#files.get(pathname)!;
    const bytes = readFileSync(path);
    const tag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 24)}"`;
    const type = mediaType(path);
    response.setHeader("ETag", tag);
    response.setHeader("Vary", "Accept-Encoding");
    // Names below assets/ carry the hash of what they hold.
    const forever = pathname.startsWith("/assets/");
    response.setHeader("Cache-Control", forever ? "private, max-age=31536000, immutable" : "no-cache");
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304).end();
      return;
    }
    const coding = compressible.test(type) && bytes.length > 1024 ? acceptedCoding(request) : undefined;
    const body = coding ? await this.#compress(coding, tag, bytes) : bytes;
    if (coding) response.setHeader("Content-Encoding", coding);
    response.writeHead(200, { "Content-Type": type, "Content-Length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  #compress(coding: Coding, tag: string, bytes: Buffer): Promise<Buffer> {
    const key = `${coding} ${tag}`;
    const known = this.#compressed.get(key) ?? compress[coding](bytes);
    this.#compressed.set(key, known);
    return known;
  }
}

function filesBelow(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(folder, path).split(sep).join("/")}`, path]),
  );
}

function acceptedCoding(request: IncomingMessage): Coding | undefined {
  const accepted = String(request.headers["accept-encoding"] ?? "")
    .split(",")
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(";")[0]!.trim());
  return (["br", "gzip"] as const).find((coding) => accepted.includes(coding));
}
