import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Environment = Readonly<Record<string, string | undefined>>;

/** Is there a screen in front of this process, with a browser on it? Not through SSH, and not in a job of a server. */
export function hasScreen(
  platform: NodeJS.Platform = process.platform,
  environment: Environment = process.env,
): boolean {
  if (environment.SSH_CONNECTION || environment.CI) return false;
  return platform !== "linux" || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** The command that opens a page in the person's browser. */
export function openerOf(
  page: string,
  platform: NodeJS.Platform = process.platform,
): readonly [string, readonly string[]] {
  if (platform === "darwin") return ["open", [page]];
  if (platform === "win32") return ["rundll32", ["url.dll,FileProtocolHandler", page]];
  return ["xdg-open", [page]];
}

/**
 * Opens the address in the person's browser. The command line of a process can be read by everybody on this machine, and
 * the address holds the token: so the browser is given a small page that only this person can read and that leads there.
 * Resolves to whether a browser was found; `forget` removes the page.
 */
export async function openBrowser(address: string): Promise<{ readonly opened: boolean; forget(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-"));
  const page = join(folder, "open.html");
  writeFileSync(
    page,
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>OmniSat Desktop</title><meta http-equiv="refresh" content="0;url=${address}">`,
    { mode: 0o600 },
  );
  const [command, words] = openerOf(pathToFileURL(page).href);
  const opened = await new Promise<boolean>((resolve) => {
    const child = spawn(command, words, { stdio: "ignore", detached: true });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
    child.on("spawn", () => setTimeout(() => resolve(true), 3000).unref());
    child.unref();
  });
  return { opened, forget: () => rmSync(folder, { recursive: true, force: true }) };
}
