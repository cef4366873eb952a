import type { IncomingMessage, ServerResponse } from "node:http";
import type { Session } from "../../services/application.ts";

/** Answers a request for pixels from the session; a browser that gives up stops the reading. */
export async function answerPixels(
  session: Session,
  path: string,
  _request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const answer = await session.pixels(path, gone.signal);
  if (gone.signal.aborted) return;
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}
