import type { IncomingMessage, ServerResponse } from "node:http";
import type { PixelAnswer, Session } from "../../services/application.ts";
import { sendError } from "./refusal.ts";

/** Answers a request for pixels from the session; a browser that gives up stops the reading. */
export async function answerPixels(
  session: Session,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const answer = await session.pixels(path, gone.signal);
    if (gone.signal.aborted) return;
    const { status, headers, body } = partOf(answer, request.headers.range);
    response.writeHead(status, { ...headers, "Content-Length": body.byteLength });
    response.end(request.method === "HEAD" ? undefined : body);
  } catch (error) {
    if (!gone.signal.aborted) sendError(response, error);
  }
}

/** The bytes that `Range` asks for. Several ranges at once, and a range nobody can read, are answered as the rules say. */
export function partOf(answer: PixelAnswer, range: string | undefined): PixelAnswer {
  if (answer.status !== 200) return answer;
  const headers = { ...answer.headers, "Accept-Ranges": "bytes" };
  const size = answer.body.byteLength;
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === "" && to === "") return { ...answer, headers };
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) {
    return { status: 416, headers: { "Content-Range": `bytes */${size}` }, body: new Uint8Array() };
  }
  return {
    status: 206,
    headers: { ...headers, "Content-Range": `bytes ${start}-${end}/${size}` },
    body: answer.body.subarray(start, end + 1),
  };
}
