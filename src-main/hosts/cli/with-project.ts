import type { Announcements } from "../../services/deps.ts";
import type { Services } from "../../services/services.ts";
import { appVersion } from "../app-version.ts";
import type { Output } from "./output.ts";

export interface ProjectUse {
  readonly project: string;
  /** told to whoever wants to write meanwhile */
  readonly purpose: string;
  readonly readOnly?: boolean;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Opens the project, does `work` with its services, and closes it again, whatever happens. */
export async function withProject(
  { project, purpose, readOnly = false, output, signal }: ProjectUse,
  work: (services: Services) => Promise<number>,
): Promise<number> {
  // Loaded only now: help and usage errors should not wait for SQLite.
  const [{ services }, { inProcessRunner }] = await Promise.all([
    import("../../services/services.ts"),
    import("../engine/in-process.ts"),
  ]);
  const catalog = await (await atProjectDoor())["project.open"]({ folder: project, purpose, readOnly });
  try {
    signal.throwIfAborted();
    return await work(
      services({
        catalog,
        appVersion,
        runJob: inProcessRunner,
        announce: (topic, what) => {
          if (topic === "job.event") output.progress((what as Announcements["job.event"]).event);
          if (topic === "work") output.progress({ type: "phase", ...(what as Announcements["work"]) });
        },
      }),
    );
  } finally {
    catalog.close();
  }
}

export async function atProjectDoor() {
  const { projectDoor } = await import("../../services/projects.ts");
  return projectDoor({ appVersion });
}
