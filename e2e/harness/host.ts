import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** A web host under way in a process of its own, with a settings folder and an allowed folder that nobody else uses. */
export interface Host {
  readonly address: string;
  /** holds both folders below; a host after this one goes on in it */
  readonly room: string;
  /** the only folder that the browser may read and write; journeys put their files here */
  readonly folder: string;
  readonly settings: string;
  /** the project that its windows show from the start */
  readonly project?: string;
  readonly child: ChildProcess;
  /** what the host printed on its error stream */
  readonly errors: () => string;
  close(): Promise<void>;
}

export interface HostOptions {
  /** goes on in the folders of a host before it */
  readonly room?: string;
  /** leaves the folders for a host after it */
  readonly keep?: boolean;
  readonly port?: number;
  readonly arguments?: readonly string[];
}

/** Starts `omnisat serve` from the sources, as a person would. */
export async function startHost({ room, keep = false, port, arguments: more = [] }: HostOptions = {}): Promise<Host> {
  const place = room ?? mkdtempSync(join(tmpdir(), "omnisat-journey-"));
  const folder = join(place, "files");
  const settings = join(place, "settings");
  mkdirSync(folder, { recursive: true });
  mkdirSync(settings, { recursive: true });
  const words = ["serve", "--json", "--no-open", "--allow", folder, ...(port ? ["--port", String(port)] : []), ...more];
  const child = spawn(process.execPath, [join(root, "src-main/hosts/cli/main.ts"), ...words], {
    env: { ...process.env, OMNISAT_SETTINGS: settings, NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr!.on("data", (chunk) => {
    errors += String(chunk);
  });
  const address = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk) => {
      text += String(chunk);
      const line = text.split("\n").find((entry) => entry.includes('"address"'));
      if (line && text.includes("\n")) resolve((JSON.parse(line) as { address: string }).address);
    });
    child.on("exit", (code) => reject(new Error(`omnisat serve ended with ${code}: ${errors}`)));
  });
  return {
    room: place,
    address,
    folder,
    settings,
    child,
    errors: () => errors,
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      if (!keep) rmSync(place, { recursive: true, force: true });
    },
  };
}
