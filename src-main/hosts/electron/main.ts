import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as electron from "electron";
import type { ProbeReport } from "../../engine/index.ts";
import { launchReadersWith } from "../../services/reading/reading.ts";
import { appVersion } from "../app-version.ts";
import { probeDevice } from "../device.ts";
import { JobProcess } from "../job-process/job-process.ts";
import { JobProcesses } from "../job-process/job-processes.ts";
import { programFolder, rendererFolder, sampleFolder, shippedModelsFolder } from "../places.ts";
import { settingsFolder } from "../settings-folder.ts";
import { Desktop } from "./desktop.ts";
import { channelAddress } from "./update-trust.ts";
import { utilityJobProcess } from "./utility-job-process.ts";
import { utilityProber } from "./utility-probe.ts";
import { utilityReader } from "./utility-reader.ts";

// The desktop application as Electron starts it: real parts for `Desktop`, and nothing else.
const { app, utilityProcess } = electron;
const beside = (name: string): string => join(programFolder, "dist/electron", name);
app.setName("OmniSat Desktop");
// One place for the desktop application and `omnisat serve`, so that both know the same recent projects.
const settings = settingsFolder();
app.setPath("userData", settings);
const icon = join(programFolder, "resources/icons/icon.png");

const channelFile = join(process.resourcesPath ?? "", "app-update.yml");
/** The key lies in the package itself, where the asar's integrity keeps it, and not in the file beside it. */
const updateKey = (): string => {
  const text = readFileSync(join(programFolder, "package.json"), "utf8");
  return String((JSON.parse(text) as { updateKey?: unknown }).updateKey ?? "");
};

const probes = new Map<string, ProbeReport>();
const device = () => probeDevice(utilityProber(utilityProcess, beside("probe.js"), probes));
const environment = () => ({ ...process.env, OMNISAT_PROBES: JSON.stringify(Object.fromEntries(probes)) });
const jobProcesses = new JobProcesses(
  () => new JobProcess({ launch: utilityJobProcess(utilityProcess, beside("job-process.js"), environment) }),
);

launchReadersWith(utilityReader(utilityProcess, beside("reader.js")));

const desktop: Desktop = new Desktop({
  electron,
  appVersion,
  renderer: rendererFolder,
  preload: beside("preload.cjs"),
  ...(process.platform === "linux" && existsSync(icon) ? { icon } : {}),
  settingsFolder: settings,
  sampleFolder: existsSync(sampleFolder) ? sampleFolder : null,
  shippedModels: shippedModelsFolder,
  // A job process in a utility process cannot try providers in processes of its own, so it is given the outcome.
  runJob: async (spec, on, signal) => {
    if ("provider" in spec && spec.provider !== "cpu") await desktop.application.device();
    return jobProcesses.run(spec, on, signal);
  },
  device,
  // electron-builder leaves this file in packages that have an update channel.
  ...(existsSync(channelFile)
    ? {
        updater: async () => (await import("electron-updater")).default.autoUpdater,
        updateFeed: { url: channelAddress(readFileSync(channelFile, "utf8")), publicKey: updateKey() },
      }
    : {}),
  words: process.argv.slice(app.isPackaged ? 1 : 2),
  folder: process.cwd(),
  closeJobProcesses: () => jobProcesses.close(),
});
await desktop.start();
