import Feature from "ol/Feature.js";
import type BaseLayer from "ol/layer/Base.js";
import BaseVectorLayer from "ol/layer/BaseVector.js";
import ImageLayer from "ol/layer/Image.js";
import VectorLayer from "ol/layer/Vector.js";
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import type { OpenedProject } from "../../src-shared/ipc/index.ts";
import { client } from "../client/index.ts";
import { layers, mapActivity, session } from "../state/index.ts";
import { mapColors } from "./colors.ts";
import { mapView } from "./index.ts";
import { ScoreLayer } from "./layers/score-layer.ts";
import { projectionOf } from "./projection.ts";
import { MapSync } from "./sync.svelte.ts";

export interface SnapshotOptions {
  readonly center: readonly [x: number, y: number];
  /** map units per pixel of the picture */
  readonly resolution: number;
  readonly rotation: number;
  /** of the picture, in pixels */
  readonly width: number;
  readonly height: number;
  /** how much thicker than on screen lines and letters are drawn: 300 dpi on paper is about 3 */
  readonly dpiScale: number;
  readonly signal?: AbortSignal | undefined;
  /** Not all of the picture was there in time: what is missing is missing in it. */
  readonly onunfinished?: (() => void) | undefined;
}

/** Milliseconds: a picture that takes longer than this is returned unfinished, and `onunfinished` says so. */
const patience = 60_000;

/** The layers that are to be seen, drawn off screen at any size; resolves when all tiles are there. Always in light colours. */
export async function snapshot(options: SnapshotOptions): Promise<HTMLCanvasElement> {
  const { project } = session;
  if (!project) throw new Error("A picture needs an open project");
  const { center, resolution, rotation, width, height, dpiScale, signal } = options;
  signal?.throwIfAborted();
  const target = document.createElement("div");
  target.className = "snapshot-map";
  target.setAttribute("aria-hidden", "true");
  Object.assign(target.style, {
    position: "fixed",
    left: "-100000px",
    top: "0",
    width: `${width / dpiScale}px`,
    height: `${height / dpiScale}px`,
  });
  document.body.append(target);
  const map = new OlMap({
    target,
    controls: [],
    interactions: [],
    pixelRatio: dpiScale,
    maxTilesLoading: 12,
    view: new View({
      projection: projectionOf(project),
      center: [...center],
      resolution: resolution * dpiScale,
      rotation,
      constrainResolution: false,
      minResolution: 1e-12,
      maxResolution: Number.MAX_SAFE_INTEGER,
    }),
  });
  const sync = new MapSync(
    { client, layers, activity: mapActivity },
    map,
    project,
    map.getView().getProjection(),
    mapColors(false),
    {
      pixelRatio: dpiScale,
      fade: false,
    },
  );
  try {
    for (const layer of overlayCopies()) map.addLayer(layer);
    await sync.drawWhole(layers.drawn);
    if (!(await complete(map, signal))) options.onunfinished?.();
    return composed(map, project, width, height);
  } finally {
    sync.dispose();
    map.setTarget(undefined);
    map.dispose();
    target.remove();
  }
}

/** Labels and drawings of other parts of the window: the same features and pictures, drawn by layers of their own. */
export function overlayCopies(): BaseLayer[] {
  return mapView.overlays.list.flatMap(({ layer }): BaseLayer[] => {
    if (!layer.getVisible()) return [];
    const look = {
      opacity: layer.getOpacity(),
      zIndex: layer.getZIndex() ?? 0,
      className: `snapshot-${layer.getClassName()}`,
    };
    if (layer instanceof ScoreLayer) {
      const copy = layer.copy(look.className);
      copy.setOpacity(look.opacity);
      copy.setZIndex(look.zIndex);
      return [copy];
    }
    // Labels of many patches are a picture.
    if (layer instanceof ImageLayer) return [new ImageLayer({ source: layer.getSource(), ...look })];
    if (!(layer instanceof BaseVectorLayer)) return [];
    const source = layer.getSource();
    if (!source || !(source.getFeatures()[0] instanceof Feature)) return [];
    return [new VectorLayer({ source, style: layer.getStyle(), declutter: layer.getDeclutter(), ...look })];
  });
}

/** Waits for all tiles; `false`: no longer. */
function complete(map: OlMap, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(false), patience);
    function end(whole: boolean): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve(whole);
    }
    function stop(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", stop, { once: true });
    map.once("rendercomplete", () => end(true));
    map.render();
  });
}

/** All canvases over each other, each with its opacity, its place and its way of blending. */
function composed(map: OlMap, _project: OpenedProject, width: number, height: number): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  picture.width = width;
  picture.height = height;
  const context = picture.getContext("2d")!;
  context.fillStyle = mapColors(false).water;
  context.fillRect(0, 0, width, height);
  // WebGL keeps what it drew only until the browser shows it: drawing again now keeps it for the copy.
  map.renderSync();
  for (const canvas of map.getViewport()!.querySelectorAll<HTMLCanvasElement>(".ol-layers canvas")) {
    if (canvas.width === 0) continue;
    const parent = canvas.parentElement!;
    const opacity = parent.style.opacity || canvas.style.opacity;
    context.globalAlpha = opacity === "" ? 1 : Number(opacity);
    const blend = getComputedStyle(parent).mixBlendMode;
    context.globalCompositeOperation = blend === "normal" ? "source-over" : (blend as GlobalCompositeOperation);
    const matrix = /^matrix\(([^)]*)\)$/.exec(canvas.style.transform)?.[1]?.split(",").map(Number);
    const own = matrix ?? [
      Number.parseFloat(canvas.style.width) / canvas.width || 1,
      0,
      0,
      Number.parseFloat(canvas.style.height) / canvas.height || 1,
      0,
      0,
    ];
    const ratio = width / (map.getSize()![0] ?? width);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.transform(...(own as [number, number, number, number, number, number]));
    context.drawImage(canvas, 0, 0);
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  return picture;
}
