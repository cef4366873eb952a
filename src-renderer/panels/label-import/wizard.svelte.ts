import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { defaultColor } from "../../../src-shared/domain/legend.ts";
import { AppError, type ErrorDetails } from "../../../src-shared/errors/index.ts";
import type { PositionColumns } from "../../../src-shared/errors/labels.ts";
import type { PlaceHint } from "../../../src-shared/errors/place-hint.ts";
import type { ImportReport, LabelFile, LabelImportRequest, ValueCount } from "../../../src-shared/ipc/index.ts";
import type { Client } from "../../client/index.ts";
import type { Labels } from "../../state/labels.svelte.ts";

export type WizardPage = "file" | "classes" | "check" | "done";
export const pages: readonly WizardPage[] = ["file", "classes", "check", "done"];

/** What a value of the file becomes: a class of the legend, a new one, or nothing. */
export interface Mapping {
  readonly value: string;
  readonly count: number;
  /** a class of the legend by its code, `new`, or `ignore` */
  target: number | "new" | "ignore";
  name: string;
  color: string;
  parent: string;
}

/** The state of one import. It keeps everything when the person goes a page back. */
export class Wizard {
  readonly #client: Client;
  readonly #labels: Labels;
  page = $state<WizardPage>("file");
  path = $state<string | null>(null);
  layer = $state<string | null>(null);
  crs = $state<string | null>(null);
  file = $state.raw<LabelFile | null>(null);
  field = $state<string | null>(null);
  /** a legend of the project, or `null` for a new one */
  legendId = $state<number | null>(null);
  newLegend = $state("");
  mappings = $state<Mapping[]>([]);
  validity = $state<"none" | "dates" | "fields">("none");
  validFrom = $state("");
  validTo = $state("");
  fromField = $state<string | null>(null);
  toField = $state<string | null>(null);
  replace = $state(false);
  /** columns of a table that hold the coordinates, where they were chosen by hand */
  x = $state<string | null>(null);
  y = $state<string | null>(null);
  /** the column of a table that holds shapes as text, where it was chosen by hand */
  wkt = $state<string | null>(null);
  /** x and y of all shapes are exchanged */
  swap = $state(false);
  /** the coordinate system is chosen although the file names one */
  overridesCrs = $state(false);
  /** the file itself names no coordinate system */
  namesNoCrs = $state(false);
  /** metres around a point */
  radius = $state(0);
  /** the share of a patch, in percent, that one class of a raster has to cover */
  purity = $state(50);
  preview = $state.raw<ImportReport | null>(null);
  result = $state.raw<ImportReport | null>(null);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  #turn = 0;

  constructor({ client, labels }: { client: Client; labels: Labels }) {
    this.#client = client;
    this.#labels = labels;
    this.legendId = labels.active;
  }

  readonly legend = $derived.by(() => this.#labels.legends.find(({ id }) => id === this.legendId) ?? null);
  readonly known = $derived.by((): readonly LegendClass[] => this.legend?.classes ?? []);
  readonly groups = $derived.by(() => [...new Set(this.known.flatMap(({ parent }) => parent ?? []))]);

  /** The file names no coordinate system, and none was chosen. */
  get needsCrs(): boolean {
    return this.file !== null && this.file.crs === null && this.crs === null;
  }

  /** How the file is to be read, as far as it was chosen. */
  get reading() {
    const { path, layer, crs, x, y, wkt } = this;
    const columns = wkt ? { wkt } : x && y ? { x, y } : {};
    return { path: path!, ...(layer ? { layer } : {}), ...(crs ? { crs } : {}), ...columns };
  }

  /** How most of the shapes would lie in the project, when none does as the file was read. */
  get betterReading(): Extract<PlaceHint, { readonly kind: "fits" }> | null {
    const { error } = this;
    if (!(error instanceof AppError) || !["labels-outside", "labels-without-crs"].includes(error.code)) return null;
    const { hint } = error.details as ErrorDetails<"labels-outside">;
    return hint?.kind === "fits" ? hint : null;
  }

  /** Columns to choose the positions from, when the table could not be read because it does not say which: likely ones, else any. */
  get openColumns(): { readonly likely: readonly PositionColumns[]; readonly any: readonly string[] } {
    const { error } = this;
    if (!(error instanceof AppError)) return { likely: [], any: [] };
    if (error.code === "table-ambiguous")
      return { likely: (error.details as ErrorDetails<"table-ambiguous">).choices, any: [] };
    if (error.code === "table-not-degrees") {
      const { x, y, exchanged } = error.details as ErrorDetails<"table-not-degrees">;
      return { likely: exchanged ? [{ x: y, y: x }] : [], any: [] };
    }
    if (error.code === "table-without-coordinates" || error.code === "table-one-coordinate")
      return { likely: [], any: (error.details as ErrorDetails<"table-without-coordinates">).columns };
    return { likely: [], any: [] };
  }

  get legendName(): string {
    return this.legend?.name ?? this.newLegend.trim();
  }

  async open(path: string): Promise<void> {
    this.path = path;
    this.layer = this.crs = this.field = this.x = this.y = this.wkt = null;
    this.swap = this.overridesCrs = this.namesNoCrs = false;
    this.file = null;
    this.mappings = [];
    this.newLegend = (path.split(/[\\/]/).at(-1) ?? path).replace(/\.[^.]+$/, "");
    await this.inspect();
  }

  async inspect(): Promise<void> {
    if (this.path === null) return;
    const read = await this.#attempt(() => this.#client.invoke("labels.inspect", this.reading));
    if (!read) return;
    this.file = read;
    if (this.crs === null) this.namesNoCrs = read.crs === null;
    this.layer = read.raster ? null : read.layer;
    if (this.field === null || !read.fields.some(({ name }) => name === this.field)) this.field = read.suggestedField;
  }

  async readPositionsFrom(columns: PositionColumns): Promise<void> {
    this.x = "x" in columns ? columns.x : null;
    this.y = "y" in columns ? columns.y : null;
    this.wkt = "wkt" in columns ? columns.wkt : null;
    await this.inspect();
  }

  /** Reads the file as `betterReading` says, and goes on where it was refused. */
  async takeBetterReading(): Promise<void> {
    const { betterReading: reading, page } = this;
    if (!reading) return;
    if (reading.crs !== null) {
      this.crs = reading.crs;
      this.overridesCrs = true;
    }
    this.swap = reading.swap;
    await this.inspect();
    if (page === "check" && !this.error) await this.check();
  }

  /** The values of the class field, each with a first guess. */
  async gather(): Promise<void> {
    const { path, field } = this;
    if (path === null || field === null) return;
    const values = await this.#attempt(() => this.#client.invoke("labels.values", { ...this.reading, field }));
    if (!values) return;
    this.mappings = values.map((value, index) => this.#guess(value, index));
    this.page = "classes";
  }

  /** Another legend: what was guessed is guessed again, what was typed stays. */
  intoLegend(id: number | null): void {
    this.legendId = id;
    for (const mapping of this.mappings) {
      if (mapping.target === "ignore") continue;
      const same = this.known.find((one) => sameName(one.name, mapping.name));
      mapping.target = same?.code ?? "new";
    }
  }

  #guess({ value, count, name, color }: ValueCount, index: number): Mapping {
    const title = name ?? value;
    const same = this.known.find(
      (one) =>
        sameName(one.name, title) || (one.source ?? "").split(", ").includes(value) || String(one.code) === value,
    );
    const nothing = name !== undefined && /^(no[ _-]?data|none|unclassified|unlabel(l)?ed)$/i.test(name.trim());
    return {
      value,
      count,
      target: nothing ? "ignore" : (same?.code ?? "new"),
      name: same?.name ?? title,
      color: color ?? freeColor(index, this.known),
      parent: "",
    };
  }

  request(): LabelImportRequest {
    const classes: Record<string, string | null> = {};
    const looks: NonNullable<LabelImportRequest["looks"]> = {};
    for (const { value, target, name, color, parent } of this.mappings) {
      if (target === "ignore") classes[value] = null;
      else if (target === "new") {
        const title = name.trim() || value;
        classes[value] = title;
        looks[title] = { color, ...(parent.trim() ? { parent: parent.trim() } : {}) };
      } else classes[value] = this.known.find(({ code }) => code === target)?.name ?? value;
    }
    const byFields = this.validity === "fields";
    const byDates = this.validity === "dates";
    return {
      ...this.reading,
      field: this.field!,
      ...(this.file?.raster ? { purity: this.purity / 100 } : { radius: this.radius }),
      ...(this.swap ? { swap: true } : {}),
      classes,
      looks,
      legend: this.legendName,
      unmapped: "ignore",
      replace: this.replace,
      ...(byDates && this.validFrom ? { validFrom: this.validFrom } : {}),
      ...(byDates && this.validTo ? { validTo: this.validTo } : {}),
      ...(byFields && this.fromField ? { validFromField: this.fromField } : {}),
      ...(byFields && this.toField ? { validToField: this.toField } : {}),
    };
  }

  async check(): Promise<void> {
    this.preview = null;
    this.page = "check";
    const report = await this.#attempt(() => this.#client.invoke("labels.previewImport", this.request()));
    if (report) this.preview = report;
  }

  async run(): Promise<void> {
    const done = await this.#attempt(() => this.#client.invoke("labels.import", this.request()));
    if (!done) return;
    this.result = done.report;
    this.page = "done";
  }

  back(): void {
    this.error = null;
    this.page = pages[Math.max(0, pages.indexOf(this.page) - 1)]!;
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    const turn = ++this.#turn;
    this.busy = true;
    this.error = null;
    try {
      const result = await work();
      return turn === this.#turn ? result : undefined;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
      return undefined;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}

const sameName = (p: string, q: string): boolean => p.trim().toLowerCase() === q.trim().toLowerCase();

/** The first colours of the palette that no class of the legend has. */
function freeColor(index: number, known: readonly LegendClass[]): string {
  const taken = new Set(known.map(({ color }) => color.toLowerCase()));
  const free = Array.from({ length: 12 }, (_, i) => defaultColor(i)).filter((color) => !taken.has(color));
  return free.length > 0 ? free[index % free.length]! : defaultColor(index);
}
