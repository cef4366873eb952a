import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { pathsOf } from "../../../src-shared/eo/index.ts";
import type { ProjectSummary, RecentProject } from "../../../src-shared/ipc/app.ts";
import { type Catalog, projectFileName } from "../../catalog/index.ts";
import { readJsonFile, writeJsonFile, writeWholeSync } from "../../files/index.ts";
import { crsName } from "../../raster/index.ts";
import { projectPicture } from "../projects/picture.ts";

const summarySchema = z.object({
  squareKilometers: z.number(),
  crs: z.string(),
  images: z.number(),
  labels: z.number(),
  models: z.number(),
  maps: z.number(),
});
const entrySchema = z.object({
  folder: z.string(),
  name: z.string(),
  openedAt: z.string(),
  summary: summarySchema.nullable().catch(null).default(null),
  /** what its picture was drawn from */
  pictureOf: z.string().nullable().catch(null).default(null),
});
type Entry = z.output<typeof entrySchema>;
const stored = z.array(entrySchema);
const atMost = 20;

/** The projects that were opened last, newest first. A file that cannot be read is an empty list. */
export class RecentProjects {
  readonly #path: string;
  readonly #drawing = new Set<string>();

  constructor(path: string) {
    this.#path = path;
  }

  list(): RecentProject[] {
    return this.#entries().map(({ pictureOf: _, ...entry }) => ({
      ...entry,
      exists: existsSync(join(entry.folder, projectFileName)),
      picture: this.#picture(entry.folder),
    }));
  }

  /** The project was opened, or is about to be left: what it holds is written down for its card. */
  note(catalog: Catalog): void {
    const { name } = catalog.project.get();
    const { folder } = catalog;
    const others = this.#entries();
    const pictureOf = others.find((entry) => entry.folder === folder)?.pictureOf ?? null;
    const entry = { folder, name, openedAt: new Date().toISOString(), summary: summaryOf(catalog), pictureOf };
    this.#write([entry, ...others.filter((other) => other.folder !== folder)]);
  }

  /** Brings what a card says up to date, without moving it to the front. */
  update(catalog: Catalog): void {
    const { name } = catalog.project.get();
    const summary = summaryOf(catalog);
    this.#write(
      this.#entries().map((entry) => (entry.folder === catalog.folder ? { ...entry, name, summary } : entry)),
    );
  }

  /** Draws the card's picture when the imagery is not the one it was drawn from. True when there is another one now. */
  async draw(catalog: Catalog, signal: AbortSignal): Promise<boolean> {
    const { folder } = catalog;
    const acquisitions = catalog.acquisitions.list();
    const missing = new Set(catalog.rasters.missing().map(({ path }) => path));
    const present = acquisitions.filter((acquisition) => !pathsOf(acquisition).some((path) => missing.has(path)));
    const { geobox } = catalog.project.get().grid;
    const ids = [present.map(({ id, shift }) => [id, shift]), geobox];
    const pictureOf = createHash("sha256").update(JSON.stringify(ids)).digest("hex").slice(0, 16);
    const known = this.#entries().find((entry) => entry.folder === folder);
    if (!known || known.pictureOf === pictureOf || this.#drawing.has(folder)) return false;
    this.#drawing.add(folder);
    try {
      const png = await projectPicture(present, geobox, signal);
      if (signal.aborted) return false;
      const path = this.#picturePath(folder);
      if (png) {
        mkdirSync(dirname(path), { recursive: true });
        writeWholeSync(path, png);
      }
      this.#write(this.#entries().map((entry) => (entry.folder === folder ? { ...entry, pictureOf } : entry)));
      return png !== undefined;
    } finally {
      this.#drawing.delete(folder);
    }
  }

  forget(folder: string): void {
    this.#write(this.#entries().filter((other) => other.folder !== folder));
  }

  #entries(): Entry[] {
    return stored.safeParse(readJsonFile(this.#path)).data ?? [];
  }

  #write(entries: readonly Entry[]): void {
    writeJsonFile(this.#path, entries.slice(0, atMost));
  }

  #picturePath(folder: string): string {
    const name = createHash("sha256").update(folder).digest("hex").slice(0, 24);
    return join(dirname(this.#path), "project-pictures", `${name}.png`);
  }

  #picture(folder: string): string | null {
    try {
      return `data:image/png;base64,${readFileSync(this.#picturePath(folder)).toString("base64")}`;
    } catch {
      return null;
    }
  }
}

function summaryOf(catalog: Catalog): ProjectSummary {
  const { geobox, patchMeters } = catalog.project.get().grid;
  return {
    squareKilometers: (geobox.width * geobox.height * patchMeters ** 2) / 1e6,
    crs: crsName(geobox.crs),
    images: catalog.acquisitions.list().length,
    labels: catalog.labels.count(),
    models: catalog.models.list().length,
    maps: catalog.maps.list().length,
  };
}
