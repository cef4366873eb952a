import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Host } from "./host.ts";
import { prepareSample } from "./sample-host.ts";

/**
 * Shows a copy of the sample project in the window. A journey that begins in it (`test.use({ begin: "sample" })`) has it already; on the
 * start screen the window's first question, which project is open, becomes the request to open it that the start screen would have sent.
 */
export async function openSample(window: Page, host: Host, name = "Flanders crops 2019"): Promise<string> {
  if (host.project !== undefined) {
    await workspaceOf(window);
    return host.project;
  }
  const folder = join(host.folder, name);
  cpSync(await prepareSample(), folder, { recursive: true });
  return openFolder(window, folder);
}

/** Shows a project that lies in a folder of the host, in the same way. */
export async function openFolder(window: Page, folder: string): Promise<string> {
  let asked = false;
  await window.routeWebSocket(/\/rpc/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as { id: number; command?: string };
      const first = !asked && message.command === "project.current";
      if (first) asked = true;
      server.send(first ? JSON.stringify({ id: message.id, command: "project.open", request: { folder } }) : text);
    });
  });
  await window.reload();
  await workspaceOf(window);
  return folder;
}

const workspaceOf = (window: Page) =>
  window
    .getByRole("region", { name: /dock|Volet/i })
    .first()
    .waitFor();
