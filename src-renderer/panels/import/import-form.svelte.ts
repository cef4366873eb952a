import { SvelteMap } from "svelte/reactivity";
import { ambiguousEndings, endingOf, vectorEndings } from "../../../src-shared/domain/file-endings.ts";
import type { Remark } from "../../../src-shared/eo/remarks.ts";
import type {
  ImageChoice,
  ImagePreview,
  ImportPreview,
  PlaceChoice,
  ProductPreview,
  UnusedFile,
} from "../../../src-shared/ipc/index.ts";
import type { Client } from "../../client/index.ts";
import type { Dropped, pathsOfDropped } from "../../client/upload.ts";
import { t } from "../../i18n/index.ts";
import type { EditHistory } from "../../state/history.svelte.ts";
import { type Note, notices } from "../../ui/notices.svelte.ts";

export type Decision = Omit<ImageChoice, "path">;

const previewTask = "import.preview";
const importTask = "import.run";
/** A STAC item on the internet is a product that cannot be read, and no file of shapes. */
const isRemote = (details: unknown): boolean => (details as { readonly kind?: string } | null)?.kind === "remoteStac";
const isStopped = (error: unknown) => error instanceof Error && error.name === "AbortError";

interface Needs {
  readonly client: Client;
  readonly history: EditHistory;
  /** Shows vector files as they are; gives how many could be. */
  readonly addVectors: (paths: readonly string[]) => Promise<number>;
  /** The button of what comes after an import. */
  readonly next?: () => Note["action"] | null;
  /** Paths of dropped files: sent to the project first where a browser does not tell them. */
  readonly send: typeof pathsOfDropped;
}

/** What a person has chosen to add and decided about it. It is kept after errors and when the dialog is closed. */
export class ImportForm {
  readonly #client: Client;
  readonly #history: EditHistory;
  readonly #addVectors: Needs["addVectors"];
  readonly #send: Needs["send"];
  readonly #next: NonNullable<Needs["next"]>;
  /** files and folders as they were named */
  paths = $state.raw<readonly string[]>([]);
  decisions = $state.raw<ReadonlyMap<string, Decision>>(new Map());
  skipped = $state.raw<ReadonlySet<string>>(new Set());
  preview = $state.raw<ImportPreview | null>(null);
  /** what becomes of places that several images show at one overpass */
  duplicates = $state<PlaceChoice | null>(null);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  work = $state<"sending" | "looking" | "reading" | null>(null);
  fraction = $state<number | null>(null);
  error = $state.raw<unknown>();
  warnings = $state.raw<readonly Remark[]>([]);
  /** what the last import could not use */
  unused = $state.raw<readonly UnusedFile[]>([]);
  #sending: AbortController | undefined;
  #turn = 0;

  constructor({ client, history, addVectors, send, next = () => null }: Needs) {
    this.#client = client;
    this.#history = history;
    this.#addVectors = addVectors;
    this.#send = send;
    this.#next = next;
    this.#client.subscribe("work", ({ name, fraction }) => {
      if ((name === previewTask && this.work === "looking") || (name === importTask && this.work === "reading"))
        this.fraction = fraction;
    });
  }

  get files(): readonly ImagePreview[] {
    return this.preview?.files ?? [];
  }

  get taken(): readonly ImagePreview[] {
    return this.files.filter(({ path }) => !this.skipped.has(path));
  }

  /** taken files that cannot be added as they are */
  get blocked(): readonly ImagePreview[] {
    const shared = new Set((this.preview?.problems ?? []).flatMap(({ paths }) => paths));
    return this.taken.filter(({ path, problems }) => problems.length > 0 || shared.has(path));
  }

  /** taken files that would be added: they can be read, and are not in the project as they are */
  get usable(): readonly ImagePreview[] {
    const blocked = new Set(this.blocked);
    return this.taken.filter(
      (file) => !blocked.has(file) && file.copyOf === null && (!file.known || this.decisions.has(file.path)),
    );
  }

  /** days on which several products could be one overpass, and their files do not say */
  get undecidedDuplicates() {
    return (this.preview?.modalities ?? []).filter(({ duplicates }) => duplicates.length > 0);
  }

  get questions() {
    return this.preview?.questions ?? [];
  }

  get incomplete() {
    return (this.preview?.modalities ?? []).filter(({ incomplete }) => incomplete.length > 0);
  }

  get ready(): boolean {
    return (
      this.work === null &&
      this.usable.length > 0 &&
      ((this.undecidedDuplicates.length === 0 && this.questions.length === 0) || this.duplicates !== null)
    );
  }

  async add(paths: readonly string[]): Promise<void> {
    const isOpen = (path: string) => ambiguousEndings.includes(endingOf(path));
    const vectors = paths.filter((path) => vectorEndings.includes(endingOf(path)) && !isOpen(path));
    const images = paths.filter((path) => !vectors.includes(path));
    if (images.length > 0) {
      const before = this.paths;
      this.paths = [...new Set([...this.paths, ...images])];
      await this.look();
      // An archive or a JSON without an image in it may hold shapes.
      const none = images.filter((path) => isOpen(path) && this.#holdsNoImage(path));
      if (none.length > 0) {
        vectors.push(...none);
        this.paths = this.paths.filter((path) => !none.includes(path));
        await (this.paths.length > 0 ? this.look() : this.clear());
      }
      // Paths that cannot be read are dropped, so that they do not block the others.
      else if (this.error !== undefined && this.preview !== null) this.paths = before;
    }
    if (vectors.length === 0) return;
    const added = await this.#addVectors(vectors);
    if (added > 0) notices.say("success", t("import.vectors", { count: added }));
  }

  /** The look found nothing to import in a file that was named, and no fault of it either. */
  #holdsNoImage(path: string): boolean {
    return (
      this.preview?.unused.some(
        (one) => one.path === path && one.error.code === "import-format" && !isRemote(one.error.details),
      ) ?? false
    );
  }

  /** Pictures of products, by path and name; `null`: there is none. */
  readonly pictures = new SvelteMap<string, string | null>();
  #looks: Promise<unknown> = Promise.resolve();

  get products(): readonly ProductPreview[] {
    return this.preview?.products ?? [];
  }

  /** Makes the picture of a product, one after the other: each reads a few bands. */
  quickLook({ path, name, files, problem }: ProductPreview): Promise<unknown> {
    const key = path + name;
    if (problem !== null || this.pictures.has(key)) return this.#looks;
    const turn = this.#looks.then(async () => {
      if (this.pictures.has(key)) return;
      const { picture } = await this.#client
        .invoke("rasters.quickLook", { paths: files })
        .catch(() => ({ picture: null }));
      this.pictures.set(key, picture);
    });
    this.#looks = turn;
    return turn;
  }

  async addDropped(dropped: readonly Dropped[]): Promise<void> {
    const companions = new Set(["dbf", "shx", "prj", "cpg", "aux.xml", "tfw", "ovr"]);
    this.#sending?.abort();
    const sending = new AbortController();
    this.#sending = sending;
    this.work = "sending";
    this.fraction = 0;
    this.error = undefined;
    try {
      const paths = await this.#send(dropped, {
        signal: sending.signal,
        onprogress: (fraction) => {
          if (!sending.signal.aborted) this.fraction = fraction;
        },
      });
      // Stopped, or for the project before.
      if (this.#sending !== sending || sending.signal.aborted) return;
      this.work = null;
      const own = paths.filter((path) => ![...companions].some((ending) => path.toLowerCase().endsWith(`.${ending}`)));
      await this.add(own);
    } catch (error) {
      if (this.#sending !== sending) return;
      this.work = null;
      if (!isStopped(error)) this.error = error;
    }
  }

  /** Looks at all files anew; what has been looked at before costs nothing. */
  async look(): Promise<void> {
    if (this.paths.length === 0) return;
    const turn = ++this.#turn;
    this.work = "looking";
    this.fraction = null;
    this.error = undefined;
    try {
      const choices = [...this.decisions].map(([path, decision]) => ({ path, ...decision }));
      const preview = await this.#client.invoke("rasters.preview", {
        paths: this.#takenPaths(),
        choices: choices.filter(({ path }) => !this.skipped.has(path)),
        task: previewTask,
      });
      if (turn !== this.#turn) return;
      // Files that were left out stay in the table.
      const left = this.files.filter(
        ({ path }) => this.skipped.has(path) && !preview.files.some((file) => file.path === path),
      );
      const there = new Set(preview.products.map(({ path, name }) => path + name));
      const out = this.products.filter(
        ({ path, name, files }) =>
          this.skipped.size > 0 && !there.has(path + name) && files.every((file) => this.skipped.has(file)),
      );
      this.preview = {
        ...preview,
        products: [...preview.products, ...out],
        files: [...preview.files, ...left].sort((p, q) => (p.path < q.path ? -1 : 1)),
      };
    } catch (error) {
      if (turn !== this.#turn) return;
      if (!isStopped(error)) this.error = error;
    }
    this.work = null;
  }

  /** Folders as they were named until something is left out of them; then file by file. */
  #takenPaths(): readonly string[] {
    if (this.skipped.size === 0 || !this.preview) return this.paths;
    const known = this.taken.map(({ path }) => path);
    const fresh = this.paths.filter(
      (path) => !this.files.some((file) => file.path === path || file.path.startsWith(path)),
    );
    return [...known, ...fresh];
  }

  /** Decides something about files; `undefined` takes a decision back. */
  async decide(paths: Iterable<string>, decision: Decision): Promise<void> {
    const next = new Map(this.decisions);
    for (const path of paths) {
      const merged = Object.fromEntries(
        Object.entries({ ...next.get(path), ...decision }).filter(([, value]) => value !== undefined),
      );
      if (Object.keys(merged).length > 0) next.set(path, merged);
      else next.delete(path);
    }
    this.decisions = next;
    await this.look();
  }

  async take(paths: Iterable<string>, taken: boolean): Promise<void> {
    const next = new Set(this.skipped);
    for (const path of paths) taken ? next.delete(path) : next.add(path);
    this.skipped = next;
    if (this.taken.length > 0) await this.look();
  }

  stop(): void {
    this.#sending?.abort();
    const task = this.work === "reading" ? importTask : previewTask;
    void this.#client.invoke("rasters.stop", { task }).catch(() => undefined);
  }

  /** True when everything was added. */
  async run(): Promise<boolean> {
    this.work = "reading";
    this.fraction = 0;
    this.error = undefined;
    const taken = this.taken.map(({ path }) => path);
    const turn = ++this.#turn;
    try {
      const choices = [...this.decisions]
        .filter(([path]) => taken.includes(path))
        .map(([path, decision]) => ({ path, ...decision }));
      const { value, button } = await this.#history.recorded(() =>
        this.#client.invoke("rasters.import", {
          paths: taken,
          choices,
          ...(this.duplicates ? { duplicates: this.duplicates } : {}),
          task: importTask,
        }),
      );
      const { rasters, warnings, unused } = value;
      // Another project has a form of its own.
      if (turn !== this.#turn) return false;
      this.clear();
      this.warnings = warnings;
      this.unused = unused;
      notices.say("success", t("import.done", { count: rasters }), button, undefined, this.#next() ?? undefined);
      return warnings.length === 0 && unused.length === 0;
    } catch (error) {
      if (turn !== this.#turn) return false;
      this.work = null;
      if (isStopped(error)) notices.say("info", t("import.stopped"));
      else this.error = error;
      return false;
    }
  }

  clear(): void {
    this.#turn++;
    this.#sending?.abort();
    this.#sending = undefined;
    this.paths = [];
    this.pictures.clear();
    this.decisions = new Map();
    this.skipped = this.selected = new Set();
    this.preview = null;
    this.duplicates = null;
    this.work = null;
    this.error = undefined;
    this.warnings = [];
    this.unused = [];
  }
}
