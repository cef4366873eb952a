import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Request =
  | readonly ["tool", name: string, args: readonly string[]]
  | readonly ["script", text: string, args: readonly string[]]
  | readonly ["complaints", path: string];

interface Server {
  readonly requests: number;
  readonly answers: number;
}

let server: Server | undefined;
const cell = new Int32Array(new SharedArrayBuffer(4));
const startLimit = 120_000;

/** Two FIFOs and a Python process between them, which ends when this process has ended. */
function start(): Server {
  const folder = mkdtempSync(join(tmpdir(), "gdal-server-"));
  const paths = [join(folder, "requests"), join(folder, "answers")] as const;
  try {
    execFileSync("mkfifo", paths);
    // Neither of these waits for the other end.
    const requests = openSync(paths[0], constants.O_RDWR);
    const answers = openSync(paths[1], constants.O_RDONLY | constants.O_NONBLOCK);
    spawn("/usr/bin/python3", [join(import.meta.dirname, "gdal-server.py"), ...paths], {
      stdio: ["ignore", "ignore", "inherit"],
    }).unref();
    const opened = { requests, answers };
    writeSync(requests, `${JSON.stringify(["script", "", []])}\n`);
    read(opened, startLimit);
    return opened;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The next line of the answers. `patience` (milliseconds) is for a process that has not opened them yet. */
function read({ answers }: Server, patience = 0): string {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(1 << 16);
  for (let waited = 0; ; waited += 2) {
    let count = -1;
    try {
      count = readSync(answers, chunk, 0, chunk.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    if (count > 0) {
      chunks.push(Buffer.from(chunk.subarray(0, count)));
      if (chunk[count - 1] === 10) return Buffer.concat(chunks).toString("utf8");
    } else if (count === 0 && waited >= patience) {
      throw new Error("the GDAL process of the tests has ended");
    } else {
      Atomics.wait(cell, 0, 0, 2);
    }
  }
}

/**
 * Asks GDAL and waits for the answer. A program or a script of its own takes 0.1 to 0.3 s of processor time to start, some
 * hundred times in the tests; here they are started once for many tests. @throws Error with what GDAL or Python said.
 */
export function askGdal(...request: Request): string {
  server ??= start();
  let text: string;
  try {
    writeSync(server.requests, `${JSON.stringify(request)}\n`);
    text = read(server);
  } catch (error) {
    closeSync(server.requests);
    closeSync(server.answers);
    server = undefined;
    throw error;
  }
  const { answer, error } = JSON.parse(text) as { readonly answer?: string; readonly error?: string };
  if (answer === undefined) throw new Error(`${request[0]} ${String(request[1]).slice(0, 200)}: ${error}`);
  return answer;
}
