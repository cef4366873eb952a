import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { AppCommands, OpenedProject } from "../../../src-shared/ipc/app.ts";
import type { TopicName, Topics } from "../../../src-shared/ipc/contract.ts";
import type { DeviceReport } from "../../../src-shared/ipc/index.ts";
import { type Catalog, projectFileName } from "../../catalog/index.ts";
import { closeInstant } from "../instant/instant-project.ts";
import { withinRoots } from "../path-gate.ts";
import { answerPixels, expectPixels, type PixelAnswer } from "../pixels/pixels.ts";
import { describeOpened } from "../projects/opened-project.ts";
import { projectFolders } from "../projects/projects.ts";
import { TrustedFolders } from "../projects/trusted-folders.ts";
import { type Services, services } from "../services.ts";
import { closeSimilar } from "../similar/similar-project.ts";
import { naming } from "../withheld.ts";
import { appService } from "./app.ts";
import type { ApplicationHost, SendToWindow } from "./host.ts";
import { RecentProjects } from "./recent-projects.ts";
import { SettingsFile } from "./settings-file.ts";

export type { PixelAnswer } from "../pixels/pixels.ts";
export type { ApplicationHost, SendToWindow } from "./host.ts";

/** A project that at least one window looks at: one catalog, one queue of jobs, however many windows. */
export interface OpenProject {
  readonly catalog: Catalog;
  readonly services: Services;
  readonly windows: Set<WindowSession>;
  readonly stop: AbortController;
  /** work that needs the catalog after its job has ended */
  readonly holds: Set<Promise<unknown>>;
}

/** Jobs of the project that run or wait in this process. Jobs of another process, while we only read, do not count. */
export function unfinishedJobs({ catalog }: OpenProject): number[] {
  if (catalog.readOnly) return [];
  const jobs = catalog.jobs.list().filter(({ state }) => state === "running" || state === "queued");
  return jobs.map(({ id }) => id);
}

/** The program behind its windows. Hosts open a session per window and carry messages; nothing else. */
export class Application {
  readonly host: ApplicationHost;
  readonly recent: RecentProjects;
  readonly settings: SettingsFile;
  /** which folders outside of itself each project may reach */
  readonly outside: TrustedFolders;
  readonly #open = new Map<string, OpenProject>();
  readonly #opening = new Map<string, Promise<OpenProject>>();
  readonly #sessions = new Set<WindowSession>();
  /** cards of the start screen that will be drawn */
  readonly #cards = new Map<OpenProject, NodeJS.Timeout>();
  #device: Promise<DeviceReport> | undefined;

  constructor(host: ApplicationHost) {
    this.host = host;
    this.recent = new RecentProjects(join(host.settingsFolder, "recent-projects.json"));
    this.outside = new TrustedFolders(host.settingsFolder, host.roots);
    this.settings = new SettingsFile(join(host.settingsFolder, "settings.json"));
  }

  /** A window. It shows the start screen until it opens a project. */
  openSession(tell: SendToWindow): WindowSession {
    const session = new WindowSession(this, tell, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return session;
  }

  get sessions(): ReadonlySet<WindowSession> {
    return this.#sessions;
  }

  /** Projects that are open now, with their running jobs. */
  get projects(): ReadonlyMap<string, OpenProject> {
    return this.#open;
  }

  device(): Promise<DeviceReport> {
    this.#device ??= this.host.device();
    return this.#device;
  }

  /** Tells every window, whatever it shows. */
  tellAll(topic: TopicName, what: unknown): void {
    for (const session of this.#sessions) session.tell(topic, what);
  }

  /** The project in `folder`, opened now or by another window before; `folder` is not known of one that is made now. */
  async join(session: WindowSession, open: () => Promise<Catalog>, folder?: string): Promise<OpenProject> {
    const known = folder === undefined ? undefined : (this.#opening.get(folder) ?? this.#open.get(folder));
    const opening = known ?? this.#begin(open, folder);
    const project = await opening;
    project.windows.add(session);
    return project;
  }

  /** Opens a catalog once, however many windows ask for it meanwhile. */
  #begin(open: () => Promise<Catalog>, folder: string | undefined): Promise<OpenProject> {
    const opening = open().then((catalog) => this.#projectOf(catalog));
    if (folder === undefined) return opening;
    this.#opening.set(folder, opening);
    return opening.finally(() => this.#opening.delete(folder));
  }

  #projectOf(catalog: Catalog): OpenProject {
    const stop = new AbortController();
    const windows = new Set<WindowSession>();
    const project: OpenProject = {
      catalog,
      windows,
      stop,
      holds: new Set(),
      services: services({
        catalog,
        appVersion: this.host.appVersion,
        runJob: this.host.runJob,
        settingsFolder: this.host.settingsFolder,
        shippedModels: this.host.shippedModels,
        signal: stop.signal,
        keepOpen: (work) => {
          project.holds.add(work);
          const settled = () => {
            project.holds.delete(work);
            this.#closeUnused(project);
          };
          work.then(settled, settled);
        },
        announce: (topic, what) => {
          for (const window of windows) window.tell(topic, what);
          if (topic === "catalog.changed" && (what as Topics["catalog.changed"]).table === "acquisitions")
            this.drawCard(project);
          if (topic === "job.state") this.#closeUnused(project);
        },
      }),
    };
    this.#open.set(catalog.folder, project);
    return project;
  }

  /** A window leaves the project. Without windows and jobs the project is closed and its lock released. */
  leave(session: WindowSession, project: OpenProject): void {
    project.windows.delete(session);
    this.#closeUnused(project);
  }

  #closeUnused(project: OpenProject): void {
    // It may be closed already: what is held ends after that too.
    if (this.#open.get(project.catalog.folder) !== project || project.windows.size > 0 || project.holds.size > 0)
      return;
    if (unfinishedJobs(project).length === 0) this.#close(project);
  }

  /** Draws the project's card anew, once nothing has changed for a moment. */
  drawCard(project: OpenProject): void {
    clearTimeout(this.#cards.get(project));
    this.#cards.set(project, setTimeout(() => this.#drawNow(project), 1500).unref());
  }

  /** Reads the catalog at once and the images after it, so that the project may be closed meanwhile. */
  #drawNow(project: OpenProject): void {
    clearTimeout(this.#cards.get(project));
    if (!this.#cards.delete(project) || project.stop.signal.aborted) return;
    void this.recent
      .draw(project.catalog, project.stop.signal)
      .then((drawn) => drawn && this.tellAll("recent.changed", {}));
  }

  #close(project: OpenProject): void {
    if (this.#open.get(project.catalog.folder) !== project) return;
    this.recent.update(project.catalog);
    // Left before the moment was over: the start screen shows the card already.
    this.#drawNow(project);
    this.#open.delete(project.catalog.folder);
    closeInstant(project.catalog);
    closeSimilar(project.catalog);
    project.catalog.close();
  }

  /** Stops every job at its next step, resumably, and closes every project. */
  async close(): Promise<void> {
    for (const session of [...this.#sessions]) session.close();
    const projects = [...this.#open.values()];
    for (const { stop } of projects) stop.abort(new DOMException("The program was closed.", "AbortError"));
    await Promise.allSettled(projects.flatMap(({ holds }) => [...holds]));
    await Promise.allSettled(
      projects.flatMap((project) => unfinishedJobs(project).map((id) => project.services["jobs.wait"]({ id }))),
    );
    for (const project of projects) this.#close(project);
  }
}

const noPixels: PixelAnswer = { status: 204, headers: { "Cache-Control": "no-store" }, body: new Uint8Array() };

/** One window: its project, its requests and the announcements it gets. */
export class WindowSession {
  readonly tell: SendToWindow;
  readonly #application: Application;
  readonly #forget: () => void;
  readonly #app: AppCommands;
  #project: OpenProject | undefined;
  #closed = false;

  constructor(application: Application, tell: SendToWindow, forget: () => void) {
    this.#application = application;
    this.tell = tell;
    this.#forget = forget;
    this.#app = appService(application, this);
  }

  get project(): OpenProject | undefined {
    return this.#project;
  }

  /** Every command that this window could ask now, by name. */
  get commands(): Readonly<Record<string, unknown>> {
    return { ...this.#project?.services, ...this.#app };
  }

  /** One question, one answer. What is no command, and what needs a project when none is open, is a sentence. */
  invoke(command: string, request: unknown): Promise<unknown> {
    return withinRoots(this.#application.host.roots, () => this.#invoke(command, request));
  }

  async #invoke(command: string, request: unknown): Promise<unknown> {
    const own = (this.#app as unknown as Record<string, (request: unknown) => Promise<unknown>>)[command];
    if (own && Object.hasOwn(this.#app, command)) return own(request);
    if (!this.#project) throw new AppError("no-project-open", { command });
    const commands = this.#project.services as unknown as Record<string, (request: unknown) => Promise<unknown>>;
    const work = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (!work) throw new AppError("command-unknown", { command });
    return work(request);
  }

  /**
   * Pixels of the open project; the path is that of src-shared/ipc/pixels. What was asked for the map just before its
   * project was closed, or its layer removed, is not an error: the answer is empty.
   */
  async pixels(path: string, signal: AbortSignal): Promise<PixelAnswer> {
    const project = this.#project;
    const forMap = /^\/(tile|vector)/.test(path);
    if (!project) {
      if (forMap) return noPixels;
      throw new AppError("no-project-open", { command: `pixels ${path}` });
    }
    try {
      return await answerPixels(project.catalog, path, signal);
    } catch (error) {
      const gone = this.#project !== project || (error instanceof AppError && error.code === "layer-not-found");
      if (forMap && gone) return noPixels;
      throw naming(error);
    }
  }

  async open(folder: string, readOnly: boolean): Promise<OpenedProject> {
    const projects = projectFolders({
      appVersion: this.#application.host.appVersion,
      outside: this.#application.outside,
    });
    const purpose = "OmniSat Desktop";
    return this.#enter(() => projects["project.open"]({ folder, purpose, readOnly }), realFolder(folder));
  }

  /** Shows what `make` made, instead of what the window showed. */
  async create(make: () => Promise<Catalog>): Promise<OpenedProject> {
    return this.#enter(make);
  }

  async #enter(open: () => Promise<Catalog>, folder?: string): Promise<OpenedProject> {
    const before = this.#project;
    if (before && before.catalog.folder === folder) return describeOpened(before.catalog);
    expectPixels();
    const project = await this.#application.join(this, open, folder);
    if (before) this.#application.leave(this, before);
    this.#project = project;
    this.#application.recent.note(project.catalog);
    this.#application.drawCard(project);
    return describeOpened(project.catalog);
  }

  leave(): void {
    if (this.#project) this.#application.leave(this, this.#project);
    this.#project = undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.leave();
    this.#forget();
  }
}

/** The folder as the catalog writes it; one that holds no project is left for the catalog to refuse. */
function realFolder(folder: string): string | undefined {
  return existsSync(join(folder, projectFileName)) ? realpathSync(folder) : undefined;
}
