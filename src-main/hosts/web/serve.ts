import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Application } from "../../services/application.ts";
import { appVersion } from "../app-version.ts";
import { probeDevice } from "../device.ts";
import { EngineProcess } from "../engine/engine-process.ts";
import { settingsFolder } from "../settings-folder.ts";
import { WebHost } from "./web-host.ts";

export interface ServeOptions {
  readonly port?: number;
  /** folders that may be read and written from the browser; the home folder when none is named */
  readonly allow?: readonly string[];
  readonly settings?: string;
}

/** The application with its engine and its web host, listening. */
export interface Serving {
  readonly address: string;
  readonly roots: readonly string[];
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, "../../..");
export const rendererFolder = join(root, "dist/renderer");

export async function serve({ port = 0, allow = [], settings = settingsFolder() }: ServeOptions): Promise<Serving> {
  const roots = (allow.length ? allow : [homedir()]).map((folder) => resolve(folder));
  const engine = new EngineProcess();
  const application = new Application({
    appVersion,
    settingsFolder: settings,
    sampleFolder: join(root, "resources/sample/flanders-crops-2019"),
    runJob: engine.run,
    roots,
    device: probeDevice,
    kind: "web",
  });
  const host = new WebHost({
    renderer: rendererFolder,
    openSession: (tell) => application.openSession(tell),
    port,
  });
  await host.listen();
  return {
    address: host.address,
    roots,
    async close() {
      await host.close();
      await application.close();
      await engine.close();
    },
  };
}

export const rendererBuilt = (): boolean => existsSync(join(rendererFolder, "index.html"));
