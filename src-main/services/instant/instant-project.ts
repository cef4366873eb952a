import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Imagery } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { TileAddress } from "../../../src-shared/geo/tile-grid.ts";
import type { InstantLearned, InstantState } from "../../../src-shared/ipc/instant.ts";
import type { Catalog } from "../../catalog/index.ts";
import { type InstantLayer, instantLayers, type SuspiciousGroups } from "../../features/index.ts";
import { activeLegend } from "../labels/active.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { areWhole, factsOf, featuresFolder, type WantedGroups, wantedGroups } from "./feature-groups.ts";
import type { LabelsAsked, NextPatch } from "./messages.ts";
import { instantThread, Superseded } from "./thread.ts";

/** The values that are ready to learn from. */
export interface ReadyFeatures {
  readonly imagery: Imagery;
  readonly wanted: WantedGroups;
}

/** More changes than this are not named one by one: all labels are read again. */
const mostChanges = 5000;

/** The instant map of one open project: which values there are, what was learned from which labels, tiles. */
export class InstantProject {
  readonly #catalog: Catalog;
  readonly #thread = instantThread();
  /** what the thread has open, and has learned */
  #opened = "";
  #lesson = "";
  #learned: InstantLearned | null = null;
  /** the version of the labels that it was asked to read last; `null`: none */
  #told: number | null = null;
  /** what the thread learns now */
  #learning: { readonly lesson: string; readonly answer: Promise<InstantLearned> } | undefined;
  #epochs = 0;
  /** never that of another session: browsers keep tiles by it */
  readonly #session = Date.now().toString(36);

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** @throws AppError "project-rasters-missing" */
  async state(learn: boolean): Promise<InstantState> {
    const catalog = this.#catalog;
    const imagery = imageryIn(catalog);
    const job = jobOf(catalog);
    if (!imagery) {
      const features = { state: "none", missing: [], columns: 0, bytes: 0, error: 0, madeAt: null } as const;
      return { possible: false, features, job, learned: null };
    }
    const wanted = await wantedGroups(catalog, imagery);
    const { groups } = wanted;
    const whole = areWhole(groups);
    const missing = groups.filter(({ group }) => !whole && !group).map(({ modality }) => modality);
    const features = {
      state: whole ? "ready" : hasOlder(catalog) ? "stale" : "none",
      missing: whole || missing.length > 0 ? missing : groups.map(({ modality }) => modality),
      ...factsOf(groups),
    } as const;
    if (!whole) this.#forget();
    const learned = whole && learn ? await this.#learn({ wanted }) : null;
    return { possible: true, features, job, learned };
  }

  /** @throws AppError "instant-not-prepared", "instant-stale", "project-rasters-missing" */
  async ready(): Promise<ReadyFeatures> {
    const imagery = imageryOf(this.#catalog);
    const wanted = await wantedGroups(this.#catalog, imagery);
    if (areWhole(wanted.groups)) return { imagery, wanted };
    const missing = wanted.groups.filter(({ group }) => !group).map(({ modality }) => modality);
    throw hasOlder(this.#catalog)
      ? new AppError("instant-stale", { modalities: missing })
      : new AppError("instant-not-prepared", {});
  }

  /** What is learned from the labels as they are now; asked again while it learns, the newest labels win. */
  async learned(): Promise<InstantLearned> {
    return this.#learn(await this.ready());
  }

  async #learn({ wanted }: Pick<ReadyFeatures, "wanted">): Promise<InstantLearned> {
    const catalog = this.#catalog;
    const { grid } = catalog.project.get();
    const folders = wanted.groups.map(({ folder }) => folder);
    const opening = JSON.stringify(folders);
    if (this.#opened !== opening || !this.#thread.running) {
      this.#forget();
      if (!(await this.#thread.ask("open", { folders, grid }))) throw new AppError("instant-not-prepared", {});
      this.#opened = opening;
    }
    const legend = activeLegend(catalog);
    const split = legend && catalog.splits.current(legend.id);
    const lesson = JSON.stringify([catalog.labels.version(), legend, split?.id, split?.createdAt]);
    if (this.#learned && this.#lesson === lesson && !catalog.readOnly) return this.#learned;
    // Two that ask about the same labels wait for one answer: each would end the work of the other, again and again.
    const underWay = this.#learning;
    if (underWay?.lesson === lesson)
      return underWay.answer.catch((error: unknown) => {
        if (!(error instanceof Superseded) || !this.#thread.running) throw error;
        if (this.#learning === underWay) this.#learning = undefined;
        return this.#learn({ wanted });
      });
    const learning = { lesson, answer: this.#askFor(lesson) };
    this.#learning = learning;
    const ended = () => {
      if (this.#learning === learning) this.#learning = undefined;
    };
    try {
      return await learning.answer;
    } catch (error) {
      ended();
      // Newer labels came: the answer to those is this one's too.
      if (error instanceof Superseded && this.#thread.running) return this.#learn({ wanted });
      if (this.#learning === undefined) this.#told = null;
      throw error;
    } finally {
      ended();
    }
  }

  async #askFor(lesson: string): Promise<InstantLearned> {
    const told = await this.#thread.ask("learn", this.#asked());
    const { kind, rows, labels, outside, heldBack, patches, milliseconds, agreement } = told;
    const classes = told.legend.map((one) => ({ ...one, patches: patches[one.code] ?? 0 }));
    this.#lesson = lesson;
    this.#learned = {
      kind,
      epoch: `${this.#session}-${++this.#epochs}`,
      classes,
      rows,
      labels,
      heldBack,
      outside,
      milliseconds,
      agreement,
    };
    return this.#learned;
  }

  /** What the thread has to read again: what changed since it was asked last. */
  #asked(): LabelsAsked {
    const { folder, readOnly, labels } = this.#catalog;
    const now = labels.version();
    const known = this.#told;
    const few = !readOnly && known !== null && now - known <= mostChanges;
    const changes = few ? labels.changesSince(known) : undefined;
    this.#told = now;
    return {
      folder,
      writing: !readOnly,
      changed: changes ? [...changes.changed, ...changes.removed] : null,
    };
  }

  /** Where a label would help most, by patches from the CRS origin. The labels are learned first. */
  async next(count: number, skipped: readonly (readonly [number, number])[]): Promise<readonly NextPatch[]> {
    await this.learned();
    return this.#thread.ask("next", { count, skipped });
  }

  /** Labels that the others contradict. */
  async suspicious(): Promise<SuspiciousGroups> {
    for (;;) {
      await this.learned();
      try {
        return await this.#thread.ask("suspicious", null);
      } catch (error) {
        // Labels changed meanwhile.
        if (!(error instanceof Superseded) || !this.#thread.running) throw error;
      }
    }
  }

  #forget(): void {
    this.#opened = this.#lesson = "";
    this.#learned = null;
    this.#told = null;
  }

  get epoch(): string {
    return this.#learned?.epoch ?? "";
  }

  async tile(address: TileAddress, what: InstantLayer) {
    return this.#learned ? this.#thread.ask("tile", { address, what }) : null;
  }

  close(): void {
    this.#thread.close();
    this.#forget();
  }
}

const projects = new WeakMap<Catalog, InstantProject>();

/** The instant map of an open project. */
export function instantProject(catalog: Catalog): InstantProject {
  const known = projects.get(catalog) ?? new InstantProject(catalog);
  projects.set(catalog, known);
  return known;
}

/** Ends the thread of a project that is closed. */
export const closeInstant = (catalog: Catalog): void => projects.get(catalog)?.close();

/** `instant:class`, `instant:confidence` … → what of the instant map; `undefined` for other layers. */
export const instantLayerOf = (id: string): InstantLayer | undefined =>
  id.startsWith("instant:") ? instantLayers.find((one) => id === `instant:${one}`) : undefined;

function imageryIn(catalog: Catalog): Imagery | undefined {
  try {
    return imageryOf(catalog);
  } catch (error) {
    if (error instanceof AppError && error.code === "no-imagery") return undefined;
    throw error;
  }
}

/** Values of earlier images lie in the project's folder. */
function hasOlder({ folder }: Catalog): boolean {
  const own = join(folder, featuresFolder);
  return existsSync(own) && readdirSync(own).some((name) => !name.startsWith("."));
}

const unfinished = new Set(["queued", "running", "resumable", "failed"]);

function jobOf(catalog: Catalog): InstantState["job"] {
  const newest = catalog.jobs.list().findLast(({ kind }) => kind === "features");
  if (!newest || !unfinished.has(newest.state)) return null;
  return { id: newest.id, state: newest.state as NonNullable<InstantState["job"]>["state"] };
}
