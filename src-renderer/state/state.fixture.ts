// What tests of state share: projects, a session in one of them, and rows of which a test names what it is about.
import { vi } from "vitest";
import type { Job } from "../../src-shared/domain/job-row.ts";
import type { Label } from "../../src-shared/domain/label.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { LayerFacts, OpenedProject, TimelineEntry } from "../../src-shared/ipc/index.ts";
import { FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { notices } from "../ui/notices.svelte.ts";
import { ProjectSession } from "./session.svelte.ts";
import { ViewMemory } from "./view-memory.ts";

/** A program with fake time, which keeps nothing of the view. Call it in `beforeEach`. */
export function newProgram(): FakeProgram {
  vi.useFakeTimers();
  notices.list = [];
  return new FakeProgram().on("view.get", null).on("view.put", undefined).on("edits.list", noEdits);
}

const noEdits = { undo: null, redo: null, edits: [] } as const;

/** The values of a row that a test is about; the rest has defaults. */
export const some = <Row>(values: Partial<Row>): Row => values as Row;

/** 100 × 100 patches of 10 m from 0, 0 upwards. */
export const project = (folder = "/projects/a", more: Partial<OpenedProject> = {}): OpenedProject => ({
  folder,
  name: folder.split("/").at(-1)!,
  grid: {
    geobox: { crs: "EPSG:32631", affine: { a: 0, b: 10, c: 0, d: 1000, e: 0, f: -10 }, width: 100, height: 100 },
    patchMeters: 10,
    tilePatches: 6,
  },
  proj: "+proj=utm +zone=31 +datum=WGS84 +units=m +no_defs",
  crsName: "WGS 84 / UTM zone 31N",
  lonLat: null,
  readOnly: false,
  ...more,
});

export const memoryStorage = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
};

/** A window that is in no project yet. */
export function newWindow(program: FakeProgram) {
  const { client } = program;
  const session = new ProjectSession({ client, storage: memoryStorage() });
  const memory = new ViewMemory({ client, session });
  return {
    client,
    session,
    memory,
    /** Goes into a project, or another one; what it asks then is answered. */
    async enter(folder = "/projects/a", more: Partial<OpenedProject> = {}): Promise<void> {
      session.entered(project(folder, more));
      await settle();
    },
    /** Leaves the project, as the command does. */
    async leave(): Promise<void> {
      program.on("project.close", undefined);
      await session.close();
      await settle();
    },
    /** Its name was changed: the same project, announced anew. */
    async renamed(name: string): Promise<void> {
      program.on("project.current", project(session.project!.folder, { name }));
      await session.renew();
      await settle();
    },
  };
}

export const job = (id: number, more: Partial<Job> = {}): Job => ({
  id,
  title: `job ${id}`,
  kind: "map",
  state: "running",
  folder: `/jobs/${id}`,
  owner: null,
  phase: "",
  fraction: 0,
  reason: null,
  cause: null,
  attempts: 1,
  createdAt: "2024-05-01T00:00:00Z",
  startedAt: null,
  finishedAt: null,
  ...more,
});

export const legendClass = (code: number, name: string, more: Partial<LegendClass> = {}): LegendClass => ({
  code,
  name,
  color: "#008000",
  ...more,
});

/** A square of 100 m whose corner is 100 m · id from the origin. */
export const label = (id: number, more: Partial<Label> = {}): Label => {
  const [a, b] = [id * 100, id * 100 + 100];
  return {
    id,
    legendId: 1,
    classCode: 1,
    coordinates: [
      [
        [
          [a, a],
          [b, a],
          [b, b],
          [a, b],
          [a, a],
        ],
      ],
    ],
    cells: null,
    x: a + 50,
    y: a + 50,
    patches: 100,
    importId: null,
    feature: null,
    properties: {},
    validFrom: null,
    validTo: null,
    hectares: 1,
    ...more,
  };
};

export const layer = (id: string, more: Partial<LayerFacts> = {}): LayerFacts => ({
  id,
  kind: "raster",
  name: null,
  sensor: null,
  date: null,
  time: null,
  detail: null,
  bands: [],
  pieces: 1,
  bounds: null,
  state: "present",
  missing: [],
  modalities: [],
  shifted: false,
  ...more,
});

export const acquisition = (id: string, date: string, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  id,
  name: null,
  sensor: "sentinel-2",
  pass: null,
  date,
  time: null,
  relativeOrbit: null,
  hasQuality: true,
  pieces: 1,
  shift: null,
  ...more,
});
