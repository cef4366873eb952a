import type { ProjectGrid } from "../domain/job.ts";
import type { Bounds } from "../geo/bounds.ts";

type Nothing = Readonly<Record<string, never>>;

/** What the window may know about the program and the machine. */
export interface AppInfo {
  readonly version: string;
  readonly host: "electron" | "web";
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly hasSample: boolean;
}

export interface RecentProject {
  readonly folder: string;
  readonly name: string;
  readonly openedAt: string;
  /** the folder still holds a project */
  readonly exists: boolean;
  /** what it held when it was last left; `null` when that was never written down */
  readonly summary: ProjectSummary | null;
  /** a small picture as a `data:` address; `null` without imagery */
  readonly picture: string | null;
}

export interface ProjectSummary {
  readonly squareKilometers: number;
  readonly crs: string;
  readonly images: number;
  readonly labels: number;
  readonly models: number;
  readonly maps: number;
}

/** Where a file lies, so that a project can be made of its place. */
export interface AreaOfFile {
  readonly path: string;
  readonly kind: "raster" | "vector";
  readonly crs: string;
  readonly crsName: string;
  readonly bounds: Bounds;
  readonly lonLat: Bounds;
  /** of a raster, in units of its CRS */
  readonly resolution: number | null;
}

/** What a project of this area would be, before it is made. */
export interface ProjectPlan {
  readonly crs: string;
  readonly crsName: string;
  /** grown to whole patches, in `crs` */
  readonly bounds: Bounds;
  readonly squareKilometers: number;
  readonly columns: number;
  readonly rows: number;
  /** whole tiles across and down */
  readonly tileColumns: number;
  readonly tileRows: number;
  /** the area's edge as longitudes and latitudes, closed */
  readonly outline: readonly (readonly [longitude: number, latitude: number])[];
  /** the UTM zone of the area's centre */
  readonly utm: { readonly code: string; readonly name: string };
  /** part of the area lies where this CRS is not meant to be used */
  readonly outsideCrs: boolean;
  /** how much longer a metre of the map is than one on the ground at the centre: 1.0004 */
  readonly scale: number;
}

/** What computes, found by running a small network on each candidate. */
export interface DeviceReport {
  readonly provider: "cpu" | "webgpu" | "cuda";
  /** of the card or the processor */
  readonly name: string;
  readonly memoryBytes: number | null;
  /** why this one, in a sentence */
  readonly reason: string;
  readonly tried: readonly {
    readonly provider: "cpu" | "webgpu" | "cuda";
    readonly ok: boolean;
    readonly why: string;
    readonly milliseconds: number | null;
    /** why it cannot be used; `detail` is a number or the runtime's own word */
    readonly problem: {
      readonly kind:
        | "no-card"
        | "no-libraries"
        | "no-driver"
        | "not-built-in"
        | "wrong"
        | "silent"
        | "crashed"
        | "other";
      readonly detail: string;
    } | null;
  }[];
}

export interface Settings {
  readonly language: "system" | "en" | "fr";
  readonly theme: "system" | "light" | "dark";
  readonly coordinates: "project" | "dd" | "dms";
  readonly notifications: boolean;
}

export interface FolderEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: "folder" | "file" | "project";
  readonly bytes: number | null;
  readonly modifiedAt: string | null;
}

export interface FileFilter {
  readonly name: string;
  /** without the dot: `tif` */
  readonly extensions: readonly string[];
}

export interface ChoosePaths {
  readonly kind: "open" | "open-folder" | "save";
  readonly title: string;
  readonly filters?: readonly FileFilter[] | undefined;
  readonly multiple?: boolean | undefined;
  /** where the dialog starts */
  readonly folder?: string | undefined;
  /** for `save` */
  readonly name?: string | undefined;
}

export interface CrsChoice {
  /** `EPSG:32631` */
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly geographic: boolean;
  /** where it is meant for: longitudes and latitudes */
  readonly area: Bounds | null;
}

export interface OpenedProject {
  readonly folder: string;
  readonly name: string;
  readonly grid: ProjectGrid;
  /** PROJ definition of the project's CRS, for the map */
  readonly proj: string;
  readonly crsName: string;
  /** of the project's area */
  readonly lonLat: Bounds | null;
  readonly readOnly: boolean;
}

/** What needs no project. */
export interface AppCommands {
  "app.info"(request: Nothing): Promise<AppInfo>;
  "app.recent"(request: Nothing): Promise<readonly RecentProject[]>;
  "app.forgetRecent"(request: { readonly folder: string }): Promise<void>;
  /** Measured once per start of the program; the first question takes a second or two. */
  "app.device"(request: Nothing): Promise<DeviceReport>;
  "app.settings"(request: Nothing): Promise<Settings>;
  "app.saveSettings"(request: { readonly settings: Partial<Settings> }): Promise<Settings>;
  /** Folders that may be used, for the picker of the web host. */
  "files.roots"(request: Nothing): Promise<readonly FolderEntry[]>;
  "files.list"(request: { readonly folder: string }): Promise<{
    readonly folder: string;
    readonly parent: string | null;
    readonly entries: readonly FolderEntry[];
  }>;
  "files.makeFolder"(request: { readonly folder: string }): Promise<void>;
  /** The system's dialog; only where there is one. `null`: cancelled. */
  "files.choose"(request: ChoosePaths): Promise<readonly string[] | null>;
  /** Shows a file in the system's file manager; only where there is one. */
  "files.reveal"(request: { readonly path: string }): Promise<void>;
  /** CRS by code, name or place, without internet. */
  "crs.search"(request: { readonly text: string; readonly limit?: number | undefined }): Promise<readonly CrsChoice[]>;
  "crs.describe"(request: { readonly crs: string }): Promise<CrsChoice & { readonly proj: string }>;
  "project.create"(request: {
    readonly folder: string;
    readonly name?: string | undefined;
    readonly area:
      | { readonly crs: string; readonly bounds: Bounds; readonly within?: string[] | undefined }
      | {
          readonly like: string | string[];
          /** files that the area ends at: polygons as their outlines */
          readonly within?: string[] | undefined;
          readonly crs?: string | undefined;
        };
    readonly patchMeters?: number | undefined;
    readonly tilePatches?: number | undefined;
    /** of `projectPresets`: what the modalities panel measures the imagery against */
    readonly preset?: string | undefined;
  }): Promise<OpenedProject>;
  /** The places of images and vector files. */
  "project.areaOf"(request: {
    readonly paths: readonly string[];
    /** for files that name no CRS */
    readonly crs?: string | undefined;
  }): Promise<readonly AreaOfFile[]>;
  /** What a project would be, without making it. `crs: null` takes the UTM zone of the area's centre. */
  "project.plan"(request: {
    readonly area: { readonly crs: string; readonly bounds: Bounds };
    readonly crs: string | null;
    readonly patchMeters: number;
    readonly tilePatches: number;
  }): Promise<ProjectPlan>;
  /** A folder that can take a new project of this name. */
  "project.suggestFolder"(request: { readonly name: string }): Promise<{ readonly folder: string }>;
  /** The window's project from now on; the one it had is left. */
  "project.open"(request: { readonly folder: string; readonly readOnly?: boolean | undefined }): Promise<OpenedProject>;
  /** Copies the sample project into `folder` and opens the copy. */
  "project.sample"(request: { readonly folder: string }): Promise<OpenedProject>;
  "project.close"(request: Nothing): Promise<void>;
  /** `null` while the window shows the start screen */
  "project.current"(request: Nothing): Promise<OpenedProject | null>;
}
