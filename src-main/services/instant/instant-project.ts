import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Imagery } from "../../../src-shared/domain/job.ts";
import { isSameSource, type LearnedFrom, type TriedSource } from "../../../src-shared/domain/learned-from.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { TileAddress } from "../../../src-shared/geo/tile-grid.ts";
import type { InstantLearned, InstantSource, InstantState } from "../../../src-shared/ipc/instant.ts";
import type { Catalog } from "../../catalog/index.ts";
import { firstOfBest, type InstantLayer, instantLayers, type SuspiciousGroups } from "../../features/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { activeLegend } from "../labels/active.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { type EmbeddingLayer, embeddingLayers, told } from "./embedding-layers.ts";
import { areWhole, factsOf, featuresFolder, type WantedGroup, wantedGroups } from "./feature-groups.ts";
import type { LabelsAsked, NextPatch } from "./messages.ts";
import { instantThread, Superseded } from "./thread.ts";

/** Something that can be learned from: groups side by side. */
export interface Source {
  readonly from: LearnedFrom;
  readonly groups: readonly Pick<WantedGroup, "folder" | "group">[];
  /** of a model that was taught classes: it may know the labels that it would be compared on */
  readonly taught: boolean;
}

/** What is ready to learn from. */
export interface ReadyFeatures {
  /** with monthly values */
  readonly imagery: Imagery | undefined;
  readonly values: readonly WantedGroup[];
  readonly embeddings: readonly EmbeddingLayer[];
  readonly source: Source;
}

/** Everything that there is to learn from. */
interface Known {
  readonly imagery: Imagery | undefined;
  readonly values: readonly WantedGroup[];
  /** whether all values are there */
  readonly whole: boolean;
  readonly embeddings: readonly EmbeddingLayer[];
  readonly sources: readonly Source[];
}

/** Where the project keeps what the instant map learns from: as a person wants it, and as labels chose it last. */
const wantedKey = "instant.from";
const chosenKey = "instant.choice";
const sourceShape = z.object({ values: z.boolean(), embedding: z.string().nullable() });
const choiceShape = z.object({
  lesson: z.string(),
  used: sourceShape,
  tried: z.array(z.object({ from: sourceShape, macroF1: z.number() })),
});
type Choice = z.infer<typeof choiceShape>;

/** More changes than this are not named one by one: all labels are read again. */
const mostChanges = 5000;

/** The instant map of one open project: which values there are, what was learned from which labels, tiles. */
export class InstantProject {
  readonly #catalog: Catalog;
  /** what its host says of it; nothing where only tiles are asked for */
  #host: Pick<Deps, "shippedModels" | "announce"> | undefined;
  readonly #thread = instantThread();
  /** compares layers, beside the map */
  readonly #beside = instantThread();
  /** what the thread has open, and has learned */
  #opened = "";
  #lesson = "";
  #learned: InstantLearned | null = null;
  /** the version of the labels that it was asked to read last; `null`: none */
  #told: number | null = null;
  /** what the thread learns now */
  #learning: { readonly lesson: string; readonly answer: Promise<InstantLearned> } | undefined;
  /** the comparison of layers that is under way */
  #choosing: { readonly done: Promise<void> } | undefined;
  /** what labels chose in a project that nothing may be written to */
  #choice: Choice | undefined;
  #epochs = 0;
  /** never that of another session: browsers keep tiles by it */
  readonly #session = Date.now().toString(36);

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  serve(host: Pick<Deps, "shippedModels" | "announce">): void {
    this.#host = host;
  }

  /**
   * @param settled waits until the layer that labels choose is known, and is learned from
   * @throws AppError "project-rasters-missing"
   */
  async state(learn: boolean, settled = false): Promise<InstantState> {
    const known = await this.#known();
    const { imagery, values, whole, embeddings, sources } = known;
    const missing = values.filter(({ group }) => !whole && !group).map(({ modality }) => modality);
    const features = {
      state: whole ? "ready" : imagery && hasOlder(this.#catalog) ? "stale" : "none",
      missing: whole || missing.length > 0 ? missing : values.map(({ modality }) => modality),
      ...factsOf(values),
    } as const;
    const ready = sources.length > 0;
    if (!ready) this.#forget();
    const learned = !ready || !learn ? null : settled ? await this.#settled(known) : await this.#learn(known);
    return {
      possible: imagery !== undefined || embeddings.length > 0,
      ready,
      features,
      layers: embeddings.map(told),
      source: ready ? this.#sourceOf(known) : null,
      job: jobOf(this.#catalog),
      learned,
    };
  }

  /** @throws AppError "instant-not-prepared", "instant-stale", "project-rasters-missing" */
  async ready(): Promise<ReadyFeatures> {
    return this.#ready(await this.#known());
  }

  #ready(known: Known): ReadyFeatures {
    const { imagery, values, embeddings, sources } = known;
    if (sources.length > 0) return { imagery, values, embeddings, source: this.#chosen(known).source };
    if (!imagery) imageryOf(this.#catalog);
    const missing = values.filter(({ group }) => !group).map(({ modality }) => modality);
    throw hasOlder(this.#catalog)
      ? new AppError("instant-stale", { modalities: missing })
      : new AppError("instant-not-prepared", {});
  }

  /**
   * The layer that a person names, whatever the labels say.
   * @throws AppError "embedding-not-ready", and of `ready`
   */
  async sourceNamed(from: LearnedFrom): Promise<Source> {
    const known = await this.#known();
    const found = known.sources.find((source) => isSameSource(source.from, from));
    if (found) return found;
    const ready = this.#ready(known);
    if (from.embedding !== null) throw new AppError("embedding-not-ready", { name: from.embedding });
    return ready.source;
  }

  async #known(): Promise<Known> {
    const catalog = this.#catalog;
    const imagery = imageryIn(catalog);
    const values = imagery ? (await wantedGroups(catalog, imagery)).groups : [];
    const embeddings = await embeddingLayers({ catalog, shippedModels: this.#host?.shippedModels });
    const usable = embeddings.filter((layer) => layer.changed === null && areWhole([layer]));
    const whole = areWhole(values);
    const taught = usable.map((layer) => ({ layer, name: layer.name, taught: isTaught(layer) }));
    // In the order in which alike ones are taken.
    const sources: Source[] = [
      ...(whole ? taught : []).map(({ layer, name, ...one }) => ({ ...one, from: { values: true, embedding: name }, groups: [...values, layer] })), // biome-ignore format: one line
      ...(whole ? [{ from: { values: true, embedding: null }, groups: values, taught: false }] : []),
      ...taught.map(({ layer, name, ...one }) => ({
        ...one,
        from: { values: false, embedding: name },
        groups: [layer],
      })),
    ];
    return { imagery, values, whole, embeddings, sources };
  }

  /** What is learned from now, and who says so. */
  #chosen({ sources }: Known): { readonly source: Source; readonly by: InstantSource["by"] } {
    const find = (from: LearnedFrom | undefined) => sources.find((source) => from && isSameSource(source.from, from));
    const wanted = find(this.wanted() ?? undefined);
    if (wanted) return { source: wanted, by: "person" };
    const open = sources.filter(({ taught }) => !taught);
    const chosen = find(this.#remembered()?.used);
    const told = (this.#remembered()?.tried.length ?? 0) > 1;
    if (chosen && !chosen.taught && told && open.length > 1) return { source: chosen, by: "labels" };
    return { source: open[0] ?? sources[0]!, by: "usual" };
  }

  #sourceOf(known: Known): InstantSource {
    const { source, by } = this.#chosen(known);
    const there = (from: LearnedFrom) => known.sources.some((one) => isSameSource(one.from, from));
    return {
      used: source.from,
      by,
      sources: known.sources.map(({ from, taught }) => ({ from, taught })),
      tried: by === "labels" ? this.#remembered()!.tried.filter(({ from }) => there(from)) : [],
      choosing: this.#choosing !== undefined,
    };
  }

  /** What a person wants it to learn from; `null`: what the labels choose. */
  wanted(): LearnedFrom | null {
    return sourceShape.safeParse(this.#catalog.view.get(wantedKey)).data ?? null;
  }

  /** Names what is learned from, without a look at any file. */
  get preferred(): string {
    return JSON.stringify(this.wanted() ?? this.#remembered()?.used ?? null);
  }

  /** @throws AppError "embedding-not-ready" */
  async want(from: LearnedFrom | null): Promise<void> {
    if (from) await this.sourceNamed(from);
    this.#catalog.view.put(wantedKey, from);
  }

  #remembered(): Choice | undefined {
    return this.#choice ?? choiceShape.safeParse(this.#catalog.view.get(chosenKey)).data;
  }

  /** What is learned from the labels as they are now; asked again while it learns, the newest labels win. */
  async learned(): Promise<InstantLearned> {
    const known = await this.#known();
    this.#ready(known);
    return this.#learn(known);
  }

  /** As `learned`, from the layer that the labels choose: this waits for it. */
  async settled(): Promise<InstantLearned> {
    const known = await this.#known();
    this.#ready(known);
    return this.#settled(known);
  }

  async #settled(known: Known): Promise<InstantLearned> {
    for (;;) {
      const learned = await this.#learn(known);
      const under = this.#choosing;
      if (!under) return learned;
      await under.done;
    }
  }

  async #learn(known: Known): Promise<InstantLearned> {
    const learned = await this.#learnFrom(this.#chosen(known).source);
    if (learned.kind === "classes") this.#chooseBeside(known);
    return learned;
  }

  /** Compares the layers on the labels as they are, once, beside the map; the map changes when another one is better. */
  #chooseBeside(known: Known): void {
    const open = known.sources.filter(({ taught }) => !taught);
    if (open.length < 2 || this.wanted()) return;
    const lesson = JSON.stringify([this.#labelsNow(), open.map(({ groups }) => groups.map(({ folder }) => folder))]);
    if (this.#choosing || this.#remembered()?.lesson === lesson) return;
    const done = this.#compare(open, lesson)
      .catch((error: unknown) => {
        if (!(error instanceof Superseded)) throw error;
      })
      .finally(() => {
        this.#choosing = undefined;
        // What was chosen, and that nothing is compared any more.
        if (this.#host) announceChanged(this.#host.announce, "view_state");
      });
    this.#choosing = { done };
    // Whoever waits for it is told.
    done.catch(() => undefined);
  }

  async #compare(open: readonly Source[], lesson: string): Promise<void> {
    const { folder, readOnly } = this.#catalog;
    const scores = await this.#beside.ask("compare", {
      labels: { folder, writing: !readOnly, changed: null },
      grid: this.#catalog.project.get().grid,
      layers: open.map(({ groups }) => groups.map((group) => group.folder)),
    });
    const tried = open.flatMap(({ from }, i): TriedSource[] =>
      scores[i] == null ? [] : [{ from, macroF1: scores[i] }],
    );
    const used = open[firstOfBest(scores.map((score) => score ?? undefined))]!.from;
    const choice: Choice = {
      lesson,
      used: { ...used },
      tried: tried.map((one) => ({ ...one, from: { ...one.from } })),
    };
    this.#choice = readOnly ? choice : undefined;
    if (!readOnly) this.#catalog.view.put(chosenKey, choice);
  }

  /** Names the labels as they are now. */
  #labelsNow(): string {
    const catalog = this.#catalog;
    const legend = activeLegend(catalog);
    const split = legend && catalog.splits.current(legend.id);
    return JSON.stringify([catalog.labels.version(), legend, split?.id, split?.createdAt]);
  }

  async #learnFrom({ groups }: Source): Promise<InstantLearned> {
    const catalog = this.#catalog;
    const { grid } = catalog.project.get();
    const folders = groups.map(({ folder }) => folder);
    const opening = JSON.stringify(folders);
    if (this.#opened !== opening || !this.#thread.running) {
      this.#forget();
      if (!(await this.#thread.ask("open", { folders, grid }))) throw new AppError("instant-not-prepared", {});
      this.#opened = opening;
    }
    const lesson = JSON.stringify([opening, this.#labelsNow()]);
    if (this.#learned && this.#lesson === lesson && !catalog.readOnly) return this.#learned;
    // Two that ask about the same labels wait for one answer: each would end the work of the other, again and again.
    const underWay = this.#learning;
    if (underWay?.lesson === lesson)
      return underWay.answer.catch((error: unknown) => {
        if (!(error instanceof Superseded) || !this.#thread.running) throw error;
        if (this.#learning === underWay) this.#learning = undefined;
        return this.#learnFrom({ groups } as Source);
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
      if (error instanceof Superseded && this.#thread.running) return this.#learnFrom({ groups } as Source);
      if (this.#learning === undefined) this.#told = null;
      throw error;
    } finally {
      ended();
    }
  }

  async #askFor(lesson: string): Promise<InstantLearned> {
    const taught = await this.#thread.ask("learn", this.#asked());
    const { kind, rows, labels, outside, heldBack, patches, milliseconds, agreement } = taught;
    const classes = taught.legend.map((one) => ({ ...one, patches: patches[one.code] ?? 0 }));
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
    this.#beside.close();
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

const isTaught = ({ by }: EmbeddingLayer): boolean => by.kind === "model" && by.taught;

/** Values of earlier images lie in the project's folder. */
function hasOlder({ folder }: Catalog): boolean {
  const own = join(folder, featuresFolder);
  return existsSync(own) && readdirSync(own).some((name) => !name.startsWith("."));
}

const unfinished = new Set(["queued", "running", "resumable", "failed"]);

const preparing: ReadonlySet<string> = new Set(["features", "embed", "embed-files"]);

function jobOf(catalog: Catalog): InstantState["job"] {
  const newest = catalog.jobs.list().findLast(({ kind }) => preparing.has(kind));
  if (!newest || !unfinished.has(newest.state)) return null;
  return { id: newest.id, state: newest.state as NonNullable<InstantState["job"]>["state"] };
}
