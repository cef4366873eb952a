import type { MapFiles } from "./job.ts";

/** The files of a map, each at its new place. */
export function movedMapFiles<Files extends MapFiles>(files: Files, move: (path: string) => string): Files {
  const orNull = (path: string | null) => (path === null ? null : move(path));
  return {
    ...files,
    classPath: move(files.classPath),
    confidencePath: move(files.confidencePath),
    probabilitiesPath: orNull(files.probabilitiesPath),
    qmlPath: move(files.qmlPath),
    sldPath: move(files.sldPath),
    sidecarPaths: files.sidecarPaths.map(move),
    ...(files.sets
      ? {
          sets: {
            setSizePath: move(files.sets.setSizePath),
            uncertainPath: move(files.sets.uncertainPath),
            setsPath: orNull(files.sets.setsPath),
          },
        }
      : {}),
  };
}

/** Every file of a map or of one of its places, the class map first. */
export function pathsOfMapFiles(files: MapFiles): string[] {
  const { classPath, confidencePath, probabilitiesPath, qmlPath, sldPath, sidecarPaths, sets } = files;
  const { setSizePath, uncertainPath, setsPath } = sets ?? { setSizePath: null, uncertainPath: null, setsPath: null };
  return [classPath, confidencePath, probabilitiesPath, setSizePath, uncertainPath, setsPath, qmlPath, sldPath, ...sidecarPaths].filter((path) => path !== null); // biome-ignore format: one list
}

/** What is shown of a map, as the ids of its layers say: `confidence:3`. */
const mapLayerKinds = ["map", "confidence", "probabilities", "set-size", "uncertain"] as const;
export type MapLayerKind = (typeof mapLayerKinds)[number];

/** The kind, when it is one of a map's layers. */
export const mapFileKind = (kind: string): MapLayerKind | undefined => mapLayerKinds.find((own) => own === kind);

/** The file of a map's layer; `undefined` where the map has none. */
export function pathOfMapLayer(files: MapFiles, kind: MapLayerKind): string | undefined {
  switch (kind) {
    case "map":
      return files.classPath;
    case "confidence":
      return files.confidencePath;
    case "probabilities":
      return files.probabilitiesPath ?? undefined;
    case "set-size":
      return files.sets?.setSizePath;
    case "uncertain":
      return files.sets?.uncertainPath;
  }
}

/** Layers whose numbers name classes; the others hold shares. */
export const isOfClasses = (kind: MapLayerKind): boolean => kind !== "confidence" && kind !== "probabilities";
