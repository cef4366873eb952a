import { existsSync, lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { freeName } from "../../../src-shared/domain/free-name.ts";
import type {
  FeaturesGroupResult,
  FinetuneSpec,
  MapFiles,
  MapResult,
  ModelResult,
  PretrainSpec,
} from "../../../src-shared/domain/job.ts";
import { movedMapFiles } from "../../../src-shared/domain/map-files.ts";
import type { ChangeSpec, Surface } from "../../../src-shared/domain/numbers.ts";
import type { FinetuneTilesSpec } from "../../../src-shared/domain/tiles.ts";
import { type Job, type Model, makeOwnFolder } from "../../catalog/index.ts";
import { fileName, renameOverSync } from "../../files/index.ts";
import { groupFolderName } from "../../jobs/feature-keys.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { featuresFolder } from "../instant/feature-groups.ts";
import { embeddingsFolder, removeLayer } from "../instant/stored-embeddings.ts";
import type { ResultHandlers } from "./jobs.ts";

/** What becomes of the files a job leaves: they move to their place, and their row appears, in one transaction. */
export function resultHandlers({ catalog, announce }: Deps): ResultHandlers {
  type Training = PretrainSpec | FinetuneSpec | FinetuneTilesSpec;
  const settleModel = (kind: Model["kind"]) => (job: Job, spec: Training, result: ModelResult) => {
    const folder = freePath(join(catalog.folder, "models"), fileName(spec.modelName));
    const parent = "modelFolder" in spec ? spec.modelFolder : null;
    // By its whole path: a model that comes with the program may have a folder of the same name.
    const parentId = catalog.models.list().find((model) => model.folder === parent)?.id ?? null;
    moving(catalog.folder, [[result.modelFolder, folder]], () => {
      const id = catalog.models.add({
        name: spec.modelName,
        kind,
        folder,
        parentId,
        jobId: job.id,
        modalities: spec.imagery.modalities.map(({ name }) => name),
        summary: {
          architecture: (spec.kind === "finetune" && spec.method) || spec.architecture.name,
          ...(spec.kind === "finetune" && spec.features ? { features: spec.features } : {}),
          ...(spec.kind === "finetune" && spec.instant ? { instant: true } : {}),
          steps: result.steps,
          seconds: result.seconds,
          provider: result.provider,
          metrics: result.metrics,
          classes: classesOf(spec),
          ...(spec.kind === "finetune-tiles" ? { task: "tiles" as const } : {}),
          findings: result.findings ?? [],
        },
      });
      const run = catalog.runs.ofJob(job.id);
      if (run) catalog.runs.finish(run.id, { ...result, modelFolder: folder }, id);
      announceChanged(announce, "models");
    });
  };

  const settleSurface = (
    job: Job,
    { title, baseName }: Pick<ChangeSpec, "title" | "baseName">,
    result: Surface["result"],
    modelId: number | null,
  ) => {
    const folder = freePath(join(catalog.folder, "maps"), fileName(baseName));
    const place = (path: string) => join(folder, basename(path));
    const { path, qmlPath, sldPath, sidecarPaths } = result;
    moving(
      catalog.folder,
      [path, qmlPath, sldPath, ...sidecarPaths].map((from) => [from, place(from)] as const),
      () => {
        catalog.surfaces.add({
          name: freeName(title, (name) => catalog.surfaces.has(name)),
          modelId,
          jobId: job.id,
          result: {
            ...result,
            path: place(path),
            qmlPath: place(qmlPath),
            sldPath: place(sldPath),
            sidecarPaths: sidecarPaths.map(place),
          },
        });
        announceChanged(announce, "surfaces");
      },
    );
  };

  /** In the place of the embedding of this name. */
  const settleEmbedding = (title: string, { key, folder }: FeaturesGroupResult) => {
    const area = makeOwnFolder(catalog.folder, embeddingsFolder);
    removeLayer(catalog, title);
    moving(catalog.folder, [[folder, join(area, groupFolderName(title, key))]], () => {});
  };

  return {
    pretrain: settleModel("pretrained"),
    finetune: settleModel("finetuned"),
    "finetune-tiles": settleModel("finetuned"),
    evaluate: () => {},
    "evaluate-tiles": () => {},
    report: () => {},
    export: () => {},
    compare: (job, spec, result) => {
      const folder = freePath(join(catalog.folder, "maps"), fileName(spec.baseName));
      const place = (path: string) => join(folder, `${basename(folder)}_${basename(path)}`);
      const { path, qmlPath, sldPath, sidecarPaths } = result;
      const moved = {
        ...result,
        path: place(path),
        qmlPath: place(qmlPath),
        sldPath: place(sldPath),
        sidecarPaths: sidecarPaths.map(place),
      };
      moving(
        catalog.folder,
        [path, qmlPath, sldPath, ...sidecarPaths].map((from) => [from, place(from)] as const),
        () => {
          const there = new Set(catalog.maps.list().map(({ id }) => id));
          catalog.comparisons.add({
            name: spec.baseName,
            // A map may have been deleted while they were compared.
            fromMap: there.has(spec.from.id) ? spec.from.id : null,
            toMap: there.has(spec.to.id) ? spec.to.id : null,
            jobId: job.id,
            result: moved,
          });
          announceChanged(announce, "comparisons");
        },
      );
    },
    embed: (_, { title }, { group }) => settleEmbedding(title, group),
    "embed-files": (_, { title }, { group }) => settleEmbedding(title, group),
    features: (_, { imagery }, { groups }) => {
      const area = join(catalog.folder, featuresFolder);
      const place = (modality: string, key: string) => join(area, groupFolderName(modality, key));
      const names = new Set(imagery.modalities.map(({ name }) => groupFolderName(name, "")));
      const made = new Set(groups.map(({ modality }) => groupFolderName(modality, "")));
      // Values of earlier images, and of inputs that the project has no more.
      for (const folder of existsSync(area) ? readdirSync(area) : []) {
        const own = folder.slice(0, folder.lastIndexOf("-") + 1);
        if (made.has(own) || !names.has(own)) catalog.removeOwn(join(area, folder), [featuresFolder]);
      }
      moving(
        catalog.folder,
        groups.map(({ modality, key, folder }) => [folder, place(modality, key)] as const),
        () => {},
      );
    },
    numbers: (job, spec, result) => {
      const folder = freePath(join(catalog.folder, "models"), fileName(spec.modelName));
      const { name, unit, minimum, maximum } = spec.numbers;
      moving(catalog.folder, [[result.modelFolder, folder]], () => {
        catalog.numberModels.add({
          name: freeName(spec.modelName, (own) => catalog.numberModels.has(own)),
          targetId: spec.targetId,
          jobId: job.id,
          meaning: { name, unit, minimum, maximum },
          features: spec.features,
          modalities: spec.imagery.modalities.map((modality) => modality.name),
          result: { ...result, modelFolder: folder },
        });
        announceChanged(announce, "number_models");
      });
    },
    "number-map": (job, spec, result) => {
      const there = new Set(catalog.numberModels.list().map(({ id }) => id));
      settleSurface(job, spec, result, spec.modelId !== null && there.has(spec.modelId) ? spec.modelId : null);
    },
    change: (job, spec, result) => settleSurface(job, spec, result, null),
    estimate: () => {},
    inspect: () => {},
    // It stays in the job's folder: `services/alignment/dates.ts` reads it there.
    align: () => {},
    golden: () => {},
    "map-tiles": (job, spec, result) => {
      const folder = freePath(join(catalog.folder, "maps"), fileName(spec.baseName));
      const place = (path: string) => join(folder, basename(path));
      const files = {
        ...result,
        gpkgPath: place(result.gpkgPath),
        csvPath: place(result.csvPath),
        cogPath: result.cogPath === null ? null : place(result.cogPath),
        sidecarPaths: result.sidecarPaths.map(place),
      };
      const { gpkgPath, csvPath, cogPath, sidecarPaths } = result;
      const paths = [gpkgPath, csvPath, ...(cogPath === null ? [] : [cogPath]), ...sidecarPaths];
      moving(
        catalog.folder,
        paths.map((path) => [path, place(path)] as const),
        () => {
          const model = catalog.models.list().find(({ folder: other }) => other === spec.modelFolder);
          catalog.tileMaps.add({
            name: freeName(spec.title ?? basename(folder), (name) => catalog.tileMaps.has(name)),
            modelId: model?.id ?? null,
            jobId: job.id,
            modalities: spec.modalities,
            files,
          });
          announceChanged(announce, "tile_maps");
        },
      );
    },
    map: (job, spec, result) => {
      const folder = freePath(join(catalog.folder, "maps"), fileName(spec.baseName));
      const place = (path: string) => join(folder, basename(path));
      const moves: (readonly [string, string])[] = [];
      const moved = <Files extends MapFiles>(files: Files): Files => {
        const to = (path: string): string => {
          moves.push([path, place(path)]);
          return place(path);
        };
        return movedMapFiles(files, to);
      };
      const files: MapResult = {
        ...moved(result),
        ...(result.places
          ? { places: result.places.map((one) => ({ ...one, files: one.files && moved(one.files) })) }
          : {}),
      };
      moving(catalog.folder, moves, () => {
        const model = catalog.models.list().find(({ folder: other }) => other === spec.modelFolder);
        catalog.maps.add({
          name: freeName(spec.title ?? basename(folder), (name) => catalog.maps.has(name)),
          modelId: model?.id ?? null,
          jobId: job.id,
          modalities: spec.imagery.modalities.map(({ name }) => name),
          area: spec.area,
          files,
        });
        announceChanged(announce, "maps");
      });
    },
  };
}

/** Names of the classes that a training was given labels of. */
function classesOf(spec: PretrainSpec | FinetuneSpec | FinetuneTilesSpec): string[] {
  if (spec.kind === "pretrain") return [];
  return (spec.kind === "finetune" ? spec.labels : spec.tiles).legend.map(({ name }) => name);
}

/** Renames, does `work`, and takes the renames back when it fails: the transaction around it leaves no trace either. */
function moving(project: string, moves: readonly (readonly [from: string, to: string])[], work: () => void): void {
  const done: (readonly [from: string, to: string])[] = [];
  try {
    for (const move of moves) {
      // A link in the place of `models` or `maps` would take the files away, and name a place outside in the catalog.
      makeOwnFolder(project, ...relative(project, dirname(move[1])).split(sep));
      renameOverSync(move[0], move[1]);
      done.push(move);
    }
    work();
  } catch (error) {
    for (const [from, to] of done.reverse()) renameOverSync(to, from);
    throw error;
  }
}

/** `folder/name`, or with a number behind when that is taken. */
export function freePath(folder: string, name: string): string {
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name}-${n}`);
    if (!lstatSync(path, { throwIfNoEntry: false })) return path;
  }
}
