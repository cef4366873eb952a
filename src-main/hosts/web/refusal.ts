import type { ServerResponse } from "node:http";
import { AppError } from "../../../src-shared/errors/index.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import { logUnexpectedError } from "../log-unexpected-error.ts";

/** Refuses a request with a sentence. */
export function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) return void response.destroy();
  // Whatever was still on its way is not read: the connection ends with the sentence.
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    Connection: "close",
  });
  response.end(`${why}\n`);
}

/** What went wrong in the services, as the contract writes errors; the window makes the same error of it. */
export function sendError(response: ServerResponse, error: unknown): void {
  logUnexpectedError(error);
  if (response.headersSent) return void response.destroy();
  const status = error instanceof AppError ? 422 : 500;
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify({ error: errorMessage(error) }));
}
