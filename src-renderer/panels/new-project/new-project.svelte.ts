import { type ProjectPreset, presetOf, projectPresets } from "../../../src-shared/domain/preset.ts";
import { type Bounds, union } from "../../../src-shared/geo/bounds.ts";
import type { AreaOfFile, ProjectPlan } from "../../../src-shared/ipc/index.ts";
import type { Client } from "../../client/index.ts";
import type { ProjectSession } from "../../state/session.svelte.ts";
import type { WorkDialogs } from "../../state/work-dialogs.svelte.ts";

export type Step = "area" | "grid" | "place";
export const steps: readonly Step[] = ["area", "grid", "place"];

/** Patches along a tile: fewer show the network nothing around a patch. */
const smallestTile = 2;

/** The form of a new project. It keeps what was typed, whatever goes wrong, until a project is made of it. */
export class NewProject {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #dialogs: WorkDialogs;
  step = $state<Step>("area");
  way = $state<"draw" | "file">("draw");
  /** longitudes and latitudes, drawn or typed */
  drawn = $state.raw<Bounds | null>(null);
  files = $state.raw<readonly AreaOfFile[]>([]);
  filePaths = $state.raw<readonly string[]>([]);
  fileCrs = $state<string | null>(null);
  preset = $state<ProjectPreset["id"]>("crops");
  patch = $state<number | null>(10);
  tile = $state<number | null>(8);
  /** chosen by hand; `null`: the UTM zone of the area */
  crs = $state<string | null>(null);
  name = $state("");
  folder = $state("");
  /** the folder follows the name until it is chosen */
  folderChosen = $state(false);
  plan = $state.raw<ProjectPlan | null>(null);
  planError = $state.raw<unknown>();
  fileError = $state.raw<unknown>();
  createError = $state.raw<unknown>();
  reading = $state(false);
  creating = $state(false);
  /** it was tried to go on: what is missing is said */
  tried = $state(false);
  #turn = 0;
  #reading = 0;
  #naming = 0;
  /** the name that the files suggested; it makes way for that of other files, and for what is typed */
  #suggestedName = "";

  constructor({ client, session, dialogs }: { client: Client; session: ProjectSession; dialogs: WorkDialogs }) {
    this.#client = client;
    this.#session = session;
    this.#dialogs = dialogs;
  }

  /** The frame around everything, in the CRS of the files when they share one. */
  get area(): { crs: string; bounds: Bounds } | null {
    if (this.way === "draw") return this.drawn ? { crs: "EPSG:4326", bounds: this.drawn } : null;
    const [first, ...rest] = this.files;
    if (!first) return null;
    if (rest.every(({ crs }) => crs === first.crs)) {
      return { crs: first.crs, bounds: rest.reduce((all, { bounds }) => union(all, bounds), first.bounds) };
    }
    return { crs: "EPSG:4326", bounds: rest.reduce((all, { lonLat }) => union(all, lonLat), first.lonLat) };
  }

  /** Longitudes and latitudes of the area, for the map. */
  get lonLat(): Bounds | null {
    if (this.way === "draw") return this.drawn;
    return this.files.reduce<Bounds | null>((all, { lonLat }) => (all ? union(all, lonLat) : lonLat), null);
  }

  /** A projected CRS that the images have is better than a UTM zone: then nothing has to be warped. */
  get wantedCrs(): string | null {
    if (this.crs !== null) return this.crs;
    const rasters = this.files.filter(({ kind }) => kind === "raster");
    const code = this.way === "file" ? rasters[0]?.crs : undefined;
    return code && this.isProjected(code) && rasters.every(({ crs }) => crs === code) ? code : null;
  }

  /** The files of this CRS have coordinates in metres or feet, not in degrees. */
  isProjected(code: string): boolean {
    const file = this.files.find(({ crs }) => crs === code);
    // Degrees are small numbers.
    return file !== undefined && Math.max(Math.abs(file.bounds.maxX), Math.abs(file.bounds.maxY)) > 400;
  }

  choosePreset(id: ProjectPreset["id"]): void {
    this.preset = id;
    const found = presetOf(id);
    if (!found) return;
    this.patch = found.patchMeters;
    this.tile = found.tilePatches;
  }

  /** Sizes set by hand are another preset, or none. */
  sizesChanged(): void {
    const same = projectPresets.find(
      ({ patchMeters, tilePatches }) => patchMeters === this.patch && tilePatches === this.tile,
    );
    const current = presetOf(this.preset);
    if (current?.patchMeters === this.patch && current.tilePatches === this.tile) return;
    this.preset = same?.id ?? "custom";
  }

  /** The tile that a preset wants, in patches, where the area has no room for it and a smaller one is taken. */
  get wantedTile(): number | null {
    const wanted = presetOf(this.preset)?.tilePatches;
    return wanted !== undefined && this.tile !== null && this.tile < wanted ? wanted : null;
  }

  /** A preset's tiles are as large as the area has room for, so that no preset refuses an area. */
  #tileFor({ columns, rows }: ProjectPlan): number | null {
    const wanted = presetOf(this.preset)?.tilePatches;
    return wanted === undefined ? this.tile : Math.min(wanted, Math.max(smallestTile, Math.min(columns, rows)));
  }

  async readFiles(paths: readonly string[]): Promise<void> {
    this.filePaths = paths;
    this.fileError = undefined;
    const turn = ++this.#reading;
    if (paths.length === 0) {
      this.files = [];
      this.reading = false;
      return;
    }
    this.reading = true;
    try {
      const files = await this.#client.invoke("project.areaOf", {
        paths,
        ...(this.fileCrs ? { crs: this.fileCrs } : {}),
      });
      if (turn !== this.#reading) return;
      this.files = files;
      this.#suggestName();
    } catch (error) {
      if (turn !== this.#reading) return;
      this.files = [];
      this.fileError = error;
    }
    this.reading = false;
  }

  /** Asks what the project would be; call it whenever area, CRS or sizes change. */
  async replan(): Promise<void> {
    const { area, wantedCrs, patch, tile } = this;
    const turn = ++this.#turn;
    if (!area || patch === null || tile === null || patch <= 0) {
      this.plan = null;
      this.planError = undefined;
      return;
    }
    try {
      const plan = await this.#client.invoke("project.plan", {
        area,
        crs: wantedCrs,
        patchMeters: patch,
        tilePatches: tile,
      });
      if (turn !== this.#turn) return;
      const fitting = this.#tileFor(plan);
      if (fitting !== tile) {
        this.tile = fitting;
        return await this.replan();
      }
      this.plan = plan;
      this.planError = undefined;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.plan = null;
      this.planError = error;
    }
  }

  get tooSmall(): boolean {
    return this.plan !== null && (this.plan.tileColumns < 1 || this.plan.tileRows < 1);
  }

  ready(step: Step): boolean {
    // How large the tiles are is the next step's question.
    if (step === "area") return this.area !== null && this.planError === undefined;
    if (step === "grid") return this.plan !== null && !this.tooSmall;
    return this.name.trim() !== "" && this.folder.trim() !== "";
  }

  /** A project of files is called as the folder that was chosen, or that holds them, until a name is typed. */
  #suggestName(): void {
    if (this.name !== this.#suggestedName) return;
    const [path = ""] = this.filePaths;
    const parts = path.split(/[\\/]/).filter(Boolean);
    const isFolder = !this.files.some((file) => file.path === path);
    this.name = this.#suggestedName = parts.at(isFolder ? -1 : -2) ?? "";
    void this.suggestFolder();
  }

  async suggestFolder(): Promise<void> {
    if (this.folderChosen || this.name.trim() === "") return;
    const turn = ++this.#naming;
    try {
      const { folder } = await this.#client.invoke("project.suggestFolder", { name: this.name });
      if (turn === this.#naming && !this.folderChosen) this.folder = folder;
    } catch {
      // Without a suggestion the person chooses.
    }
  }

  /** The area comes from polygons: it ends at them, and not at the box around them. */
  private get outlined(): boolean {
    return this.way === "file" && this.files.some(({ kind }) => kind === "vector");
  }

  async create(): Promise<void> {
    const { plan, patch, tile } = this;
    if (!plan || patch === null || tile === null) return;
    this.creating = true;
    this.createError = undefined;
    try {
      const project = await this.#client.invoke("project.create", {
        folder: this.folder,
        name: this.name.trim(),
        area: { crs: plan.crs, bounds: plan.bounds, ...(this.outlined ? { within: [...this.filePaths] } : {}) },
        patchMeters: patch,
        tilePatches: tile,
        preset: this.preset,
      });
      const vectors = new Set(this.files.flatMap(({ kind, path }) => (kind === "vector" ? [path] : [])));
      const images = this.way === "file" ? this.filePaths.filter((path) => !vectors.has(path)) : [];
      this.reset();
      this.#session.entered(project);
      if (images.length > 0) this.#dialogs.showImport(images);
    } catch (error) {
      this.createError = error;
    }
    this.creating = false;
  }

  reset(): void {
    // What was asked for the project before says nothing of the next.
    this.#turn++;
    this.#reading++;
    this.#naming++;
    this.reading = false;
    this.step = "area";
    this.way = "draw";
    this.drawn = this.plan = null;
    this.files = [];
    this.filePaths = [];
    this.crs = this.fileCrs = null;
    this.choosePreset("crops");
    this.name = this.folder = this.#suggestedName = "";
    this.folderChosen = this.tried = false;
    this.planError = this.fileError = this.createError = undefined;
  }
}
