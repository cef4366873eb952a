import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { PixelAnswer, WindowSession } from "../../services/app/application.ts";
import { sendError } from "./refusal.ts";

/** Answers a request for pixels from the session; a browser that gives up stops the reading. */
export async function answerPixels(
  session: WindowSession,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const answer = await session.pixels(path, gone.signal);
    if (gone.signal.aborted) {
      if (!(answer.body instanceof Uint8Array)) await answer.body.file.close();
      return;
    }
    const { status, headers, start, length } = partOf(answer, request.headers.range);
    const { body } = answer;
    if (!(body instanceof Uint8Array)) response.once("close", () => void body.file.close().catch(() => {}));
    const head = { ...headers, ...(status === 204 ? {} : { "Content-Length": length }) };
    if (body instanceof Uint8Array || length === 0 || request.method === "HEAD") {
      response.writeHead(status, head);
      const bytes = body instanceof Uint8Array && length > 0 ? body.subarray(start, start + length) : undefined;
      response.end(request.method === "HEAD" ? undefined : bytes);
      return;
    }
    // A little at a time: a result map may be larger than the memory.
    const file = body.file.createReadStream({ start, end: start + length - 1, autoClose: false });
    response.writeHead(status, head);
    await pipeline(file, response);
  } catch (error) {
    if (!gone.signal.aborted) sendError(response, error);
  }
}

interface Part {
  readonly status: number;
  readonly headers: PixelAnswer["headers"];
  /** of the body, in bytes */
  readonly start: number;
  readonly length: number;
}

/** The bytes that `Range` asks for. Several ranges at once, and an invalid range, are answered as RFC 9110 says. */
function partOf({ status, headers: own, body }: PixelAnswer, range: string | undefined): Part {
  const size = body instanceof Uint8Array ? body.byteLength : body.size;
  if (status !== 200) return { status, headers: own, start: 0, length: size };
  const headers = { ...own, "Accept-Ranges": "bytes" };
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === "" && to === "") return { status, headers, start: 0, length: size };
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) return { status: 416, headers: { "Content-Range": `bytes */${size}` }, start: 0, length: 0 };
  const length = end - start + 1;
  return { status: 206, headers: { ...headers, "Content-Range": `bytes ${start}-${end}/${size}` }, start, length };
}
