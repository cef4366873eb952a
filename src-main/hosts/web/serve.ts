import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { Application } from "../../services/app/application.ts";
import { receiveUpload } from "../../services/app/uploads.ts";
import { appVersion } from "../app-version.ts";
import { probeDevice } from "../device.ts";
import { JobProcesses } from "../job-process/job-processes.ts";
import { rendererFolder, sampleFolder, shippedModelsFolder } from "../places.ts";
import { settingsFolder } from "../settings-folder.ts";
import { WebHost } from "./web-host.ts";

export interface ServeOptions {
  readonly port?: number;
  /** folders that the window may read and write; the home folder when none is named */
  readonly allow?: readonly string[];
  /** the project that a window shows first */
  readonly project?: string;
  readonly settings?: string;
}

/** The program with its job processes and its web host, listening. */
export interface Serving {
  readonly address: string;
  readonly port: number;
  readonly roots: readonly string[];
  /** Stops jobs at their next step, resumably, and ends. */
  close(): Promise<void>;
}

/** Starts everything a browser needs, on loopback. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const roots = allowedFolders(options);
  if (!existsSync(join(rendererFolder, "index.html")))
    throw new AppError("window-not-built", { folder: rendererFolder });
  const jobProcesses = new JobProcesses();
  const application = new Application({
    kind: "web",
    appVersion,
    settingsFolder: options.settings ?? settingsFolder(),
    sampleFolder: existsSync(sampleFolder) ? sampleFolder : null,
    shippedModels: shippedModelsFolder,
    runJob: jobProcesses.run,
    device: () => probeDevice(),
    roots,
  });
  const { project } = options;
  if (project !== undefined) await refuseUnlessProject(application, resolve(project));
  const host = new WebHost({
    renderer: rendererFolder,
    ...(options.port === undefined ? {} : { port: options.port }),
    openSession: (tell) => application.openSession(tell),
    prepare: async (session) => project !== undefined && session.open(resolve(project), false),
    receive: (session, batch, name, content) => {
      if (!session.project) throw new AppError("no-project-open", { command: "imports" });
      return receiveUpload(session.project.catalog, { batch, name, content });
    },
  });
  await host.listen();
  return {
    address: host.address,
    port: host.port,
    roots,
    async close() {
      await host.close();
      await application.close();
      await jobProcesses.close();
    },
  };
}

/** The folders named, or the home folder; a project named is allowed too. */
function allowedFolders({ allow = [], project }: ServeOptions): string[] {
  for (const folder of allow) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new AppError("file-missing", { path: folder });
  }
  return [...(allow.length ? allow : [homedir()]), ...(project === undefined ? [] : [project])].map((folder) =>
    resolve(folder),
  );
}

/** A project that cannot be opened is said on the command line, before a browser is. */
async function refuseUnlessProject(application: Application, folder: string): Promise<void> {
  const session = application.openSession(() => {});
  try {
    await session.open(folder, false);
  } finally {
    session.close();
  }
}
