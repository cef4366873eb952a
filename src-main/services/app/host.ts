import type { ChoosePaths as ChooseRequest } from "../../../src-shared/ipc/app.ts";
import type { TopicName } from "../../../src-shared/ipc/contract.ts";
import type { DeviceReport } from "../../../src-shared/ipc/index.ts";
import type { JobRunner } from "../deps.ts";

/** The system's dialog for files and folders: the chosen paths, or `null` where nothing was chosen. */
export type ChoosePaths = (request: ChooseRequest) => Promise<readonly string[] | null>;

/** What the program stands on. */
export interface ApplicationHost {
  readonly kind: "electron" | "web";
  readonly appVersion: string;
  /** for the program's own small files: recent projects, settings */
  readonly settingsFolder: string;
  /** the sample's data, to be copied; `null` when it was not installed */
  readonly sampleFolder: string | null;
  /** the folder of the models that come with the program */
  readonly shippedModels?: string | undefined;
  readonly runJob: JobRunner;
  /** tries the providers; slow, so it is asked once */
  readonly device: () => Promise<DeviceReport>;
  /** folders that may be read and written; empty: all of the machine */
  readonly roots: readonly string[];
  /** the system's own dialogs, where there are some */
  readonly choosePaths?: ChoosePaths;
  readonly reveal?: (path: string) => void;
}

/** Tells one window something. */
export type SendToWindow = (topic: TopicName, what: unknown) => void;
