import { readdirSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism, homedir, totalmem } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { AppCommands, CrsChoice, FolderEntry, OpenedProject } from "../../../src-shared/ipc/app.ts";
import type { DeviceReport } from "../../../src-shared/ipc/index.ts";
import { type Catalog, projectFileName } from "../../catalog/index.ts";
import { systemReason } from "../../files/index.ts";
import { type CrsEntry, crsEntry, crsName, definitionOf, isGeographic, searchCrs } from "../../raster/index.ts";
import { filePath, liesWithin } from "../path-gate.ts";
import { areaOfFiles, planProject, suggestedFolder } from "../projects/area.ts";
import { describeOpened } from "../projects/opened-project.ts";
import { boundsSchema, createSchema, projectFolders } from "../projects/projects.ts";
import type { TrustedFolders } from "../projects/trusted-folders.ts";
import { knownCrs } from "../rasters/rasters.ts";
import { validated } from "../validated.ts";
import type { ApplicationHost, SendToWindow } from "./host.ts";
import type { RecentProjects } from "./recent-projects.ts";
import { makeSample } from "./sample.ts";
import { type SettingsFile, settingsSchema } from "./settings-file.ts";

/** What these commands need of the program. */
export interface AppProgram {
  readonly host: ApplicationHost;
  readonly recent: RecentProjects;
  readonly settings: SettingsFile;
  /** which folders outside of itself each project may reach */
  readonly outside: TrustedFolders;
  device(): Promise<DeviceReport>;
  /** announces to every window */
  readonly tellAll: SendToWindow;
}

/** What they need of the window that asks. */
export interface AppWindow {
  readonly tell: SendToWindow;
  /** what it shows now; `undefined`: the start screen */
  readonly project: { readonly catalog: Catalog } | undefined;
  open(folder: string, readOnly: boolean): Promise<OpenedProject>;
  /** shows what `make` made, instead of what the window showed */
  create(make: () => Promise<Catalog>): Promise<OpenedProject>;
  leave(): void;
}

const nothing = z.strictObject({});
const folderSchema = z.strictObject({ folder: filePath });
const chooseSchema = z.strictObject({
  kind: z.enum(["open", "open-folder", "save"]),
  title: z.string(),
  filters: z.array(z.strictObject({ name: z.string(), extensions: z.array(z.string()) })).optional(),
  multiple: z.boolean().optional(),
  folder: filePath.optional(),
  name: z.string().optional(),
});

/** What a window can ask without a project. */
export function appService(program: AppProgram, window: AppWindow): AppCommands {
  const { host, recent, settings } = program;
  const roots = host.roots.length ? host.roots.map((root) => resolve(root)) : [homedir(), "/"];
  return {
    "app.info": validated("app.info", nothing, () => ({
      version: host.appVersion,
      host: host.kind,
      platform: process.platform,
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      hasSample: host.sampleFolder !== null,
    })),
    "app.recent": validated("app.recent", nothing, () => recent.list()),
    "app.forgetRecent": validated("app.forgetRecent", folderSchema, ({ folder }) => recent.forget(folder)),
    "app.device": validated("app.device", nothing, () => program.device()),
    "app.settings": validated("app.settings", nothing, () => settings.get()),
    "app.saveSettings": validated("app.saveSettings", z.strictObject({ settings: settingsSchema }), (request) => {
      const saved = settings.put(request.settings as Partial<typeof saved>);
      program.tellAll("settings.changed", {});
      return saved;
    }),

    "files.roots": validated("files.roots", nothing, () =>
      [...new Set(roots)].map((path) => entryOf(path, basename(path) || path)),
    ),
    "files.list": validated("files.list", folderSchema, ({ folder }) => {
      const full = resolve(folder);
      return { folder: full, parent: parentOf(full, roots), entries: entriesOf(full) };
    }),
    "files.makeFolder": validated("files.makeFolder", folderSchema, async ({ folder }) => {
      await mkdir(resolve(folder), { recursive: true });
    }),
    "files.choose": validated("files.choose", chooseSchema, (request) => {
      if (!host.choosePaths) throw new AppError("feature-needs-host", { command: "files.choose" });
      return host.choosePaths(request);
    }),
    "files.reveal": validated("files.reveal", z.strictObject({ path: filePath }), ({ path }) => {
      if (!host.reveal) throw new AppError("feature-needs-host", { command: "files.reveal" });
      host.reveal(path);
    }),

    "crs.search": validated(
      "crs.search",
      z.strictObject({ text: z.string(), limit: z.int().positive().max(500).optional() }),
      ({ text, limit }) => searchCrs(text, limit).map(choiceOf),
    ),
    "crs.describe": validated("crs.describe", z.strictObject({ crs: z.string().min(1) }), ({ crs }) => {
      const code = knownCrs(crs);
      const listed = crsEntry(code);
      const described = listed
        ? choiceOf(listed)
        : {
            code,
            name: crsName(code),
            unit: isGeographic(code) ? "°" : "m",
            geographic: isGeographic(code),
            area: null,
          };
      return { ...described, proj: definitionOf(code) };
    }),

    "project.create": validated("project.create", createSchema, (request) =>
      window.create(() =>
        projectFolders({ appVersion: host.appVersion, outside: program.outside })["project.create"](request),
      ),
    ),
    "project.areaOf": validated(
      "project.areaOf",
      z.strictObject({ paths: z.array(filePath).min(1), crs: z.string().min(1).optional() }),
      ({ paths, crs }) => areaOfFiles(paths, crs),
    ),
    "project.plan": validated(
      "project.plan",
      z.strictObject({
        area: z.strictObject({ crs: z.string().min(1), bounds: boundsSchema }),
        crs: z.string().min(1).nullable(),
        patchMeters: z.number().positive(),
        tilePatches: z.int().min(2).max(64),
      }),
      (request) => planProject(request),
    ),
    "project.suggestFolder": validated("project.suggestFolder", z.strictObject({ name: z.string() }), ({ name }) => {
      const base = host.roots[0] ?? join(homedir(), "OmniSat");
      return { folder: suggestedFolder(resolve(base), name) };
    }),
    "project.open": validated(
      "project.open",
      z.strictObject({ folder: filePath, readOnly: z.boolean().default(false) }),
      ({ folder, readOnly }) => window.open(folder, readOnly),
    ),
    "project.sample": validated("project.sample", folderSchema, async ({ folder }) => {
      if (host.sampleFolder === null) throw new AppError("feature-needs-host", { command: "project.sample" });
      await makeSample(host.sampleFolder, resolve(folder), host.appVersion, (topic, what) => {
        if (topic === "work") window.tell(topic, what);
      });
      return window.open(folder, false);
    }),
    "project.close": validated("project.close", nothing, () => window.leave()),
    "project.current": validated("project.current", nothing, () => {
      const { project } = window;
      return project ? describeOpened(project.catalog) : null;
    }),
  };
}

/** The folder above, as far as the allowed folders reach. */
const parentOf = (folder: string, roots: readonly string[]): string | null => {
  const parent = dirname(folder);
  return parent === folder || !liesWithin(parent, roots) ? null : parent;
};

const choiceOf = ({ crs, name, lonLat, geographic }: CrsEntry): CrsChoice => ({
  code: crs,
  name,
  unit: geographic ? "°" : "m",
  geographic,
  area: lonLat,
});

/** Folders first, each by name as people sort them. Hidden files are left out; what cannot be read is left out too. */
function entriesOf(folder: string): FolderEntry[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new AppError("folder-unreadable", { path: folder, detail: systemReason(cause) }, { cause });
  }
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  return names
    .filter((name) => !name.startsWith("."))
    .map((name) => entryOf(join(folder, name), name))
    .sort((p, q) => Number(p.kind === "file") - Number(q.kind === "file") || order.compare(p.name, q.name));
}

function entryOf(path: string, name: string): FolderEntry {
  const stats = statsOf(path);
  const folder = stats?.isDirectory() ?? false;
  const project = folder && statSync(join(path, projectFileName), { throwIfNoEntry: false }) !== undefined;
  return {
    name,
    path,
    kind: project ? "project" : folder ? "folder" : "file",
    bytes: folder ? null : (stats?.size ?? null),
    modifiedAt: stats ? stats.mtime.toISOString() : null,
  };
}

/** `undefined` for a link that leads nowhere or in circles, and for what may not be looked at. */
function statsOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
