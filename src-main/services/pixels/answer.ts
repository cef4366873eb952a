import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, deflateRaw } from "node:zlib";
import { AppError } from "../../../src-shared/errors/index.ts";
import { deepestLevel, tileSize } from "../../../src-shared/geo/tile-grid.ts";
import { encodePixelTile, markCompressed, parsePixelPath, type TileRequest } from "../../../src-shared/ipc/pixels.ts";
import { type Catalog, makeOwnFolder } from "../../catalog/index.ts";
import { type InstantLayer, instantScale } from "../../features/index.ts";
import { ByteCache } from "../../files/index.ts";
import { pool } from "../../raster/index.ts";
import { instantLayerOf, instantProject } from "../instant/instant-project.ts";
import { similarProject } from "../similar/similar-project.ts";
import { readExportFile } from "./export-file.ts";
import { LatestFirstLimit } from "./latest-first-limit.ts";
import { QuickLooks } from "./quick-looks.ts";
import { bandOf, type RasterLayer, rasterLayer, versionOf } from "./raster-layer.ts";
import { readTile } from "./read-tile.ts";
import { readVectors } from "./vectors.ts";

/** Bytes of a picture, as an HTTP answer or one of Electron's protocol. */
export interface PixelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** a file is read by the host as it is sent: it may be larger than the memory */
  readonly body: Uint8Array | FileBody;
}

export interface FileBody {
  /** open, and closed by its sender: what is sent is what was checked */
  readonly file: FileHandle;
  /** in bytes */
  readonly size: number;
}

const compress = promisify(deflateRaw);

/** What was answered, for tests and measurements. */
export const answered = { tiles: 0, fromCache: 0 };

const cache = new ByteCache<Uint8Array>(64 << 20, ({ byteLength }) => byteLength);
/** A tile needs one thread most of the time; a few more keep the disk busy. */
const tileLimit = new LatestFirstLimit(6);
const quickLooks = new WeakMap<Catalog, QuickLooks>();

/** After opening a project its map is drawn: start the threads now. */
export const expectPixels = (): void => pool.warmUp();

/** Pixels of a project by path. */
export async function answerPixels(catalog: Catalog, path: string, signal: AbortSignal): Promise<PixelAnswer> {
  const asked = parsePixelPath(path);
  if (!asked) throw new AppError("layer-not-found", { id: path });
  if (asked.kind === "tile") return answerTile(catalog, asked, signal);
  if (asked.kind === "export") return readExportFile(catalog, asked.file);
  if (asked.kind === "scores") {
    const scores = similarProject(catalog).scores(asked);
    // Scores of an epoch never change; those that were given up are found again from their clicks.
    if (!scores) throw new AppError("layer-not-found", { id: asked.epoch });
    return answer(tileType, scores, asked.epoch, asked.epoch);
  }
  const { text, version } = await readVectors(catalog, asked, signal);
  return answer("application/geo+json", Buffer.from(text), version, asked.version);
}

async function answerTile(catalog: Catalog, asked: TileRequest, signal: AbortSignal): Promise<PixelAnswer> {
  if (asked.z > deepestLevel) throw new AppError("layer-not-found", { id: asked.layer });
  const instant = instantLayerOf(asked.layer);
  if (instant) return answerInstant(catalog, asked, instant);
  const { layer, version } = await layerAsked(catalog, asked);
  const keyOf = (of: string) =>
    `${catalog.folder}\n${of}\n${asked.layer}/${asked.z}/${asked.x}/${asked.y}/${asked.bands.join()}`;
  answered.tiles++;
  const known = cache.get(keyOf(version));
  if (known) {
    answered.fromCache++;
    return answer(tileType, known, version, asked.version);
  }
  let drawn = { layer, version };
  for (let again = 0; again < 3; again++) {
    const { layer: from, version: before } = drawn;
    const body = await tileLimit.run(() => drawTile(catalog, from, asked, signal), signal).catch(replaced);
    const after = await versionOf(from);
    if (!body || after !== before) {
      const fresh = await rasterLayer(catalog, asked.layer);
      drawn = { layer: fresh, version: await versionOf(fresh) };
      continue;
    }
    // Now it is certain that these pixels belong to that version.
    cache.set(keyOf(before), body);
    return answer(tileType, body, before, asked.version);
  }
  throw new AppError("raster-changed", { path: layer.pieces[0]?.files[0]?.path ?? asked.layer });
}

/** A tile of the instant map, as what was learned last says: nothing of it is kept here. */
async function answerInstant(catalog: Catalog, asked: TileRequest, what: InstantLayer): Promise<PixelAnswer> {
  const project = instantProject(catalog);
  const { epoch } = project;
  const drawn = await project.tile(asked, what);
  // Something newer may have been learned meanwhile.
  return bytesTile(asked, drawn, instantScale(what), () => (project.epoch === epoch ? epoch : ""));
}

/** A tile of one byte per pixel. */
async function bytesTile(
  asked: TileRequest,
  drawn: { readonly samples: Uint8Array; readonly mask: Uint8Array } | null | undefined,
  scale: { readonly scale: number; readonly offset: number },
  version: () => string,
): Promise<PixelAnswer> {
  const { head, payload } = encodePixelTile({
    width: tileSize,
    height: tileSize,
    bands: 1,
    type: "uint8",
    scales: [scale],
    mask: drawn?.mask,
    samples: drawn?.samples ?? null,
  });
  if (payload.length > 0) markCompressed(head);
  const body = payload.length > 0 ? await compress(payload, { level: constants.Z_BEST_SPEED }) : payload;
  return answer(tileType, Buffer.concat([head, body]), version(), asked.version);
}

/** An image that was replaced while it was drawn is drawn again. */
function replaced(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== "raster-changed") throw error;
}

const layersKnown = new WeakMap<Catalog, Map<string, RasterLayer>>();

/**
 * Asking the catalog for every tile would take longer than drawing it, so layers are remembered as long as the
 * address names their version; another version means that something has changed, and the catalog is asked again.
 */
async function layerAsked(catalog: Catalog, { layer: id, version: asked }: TileRequest) {
  const known = layersKnown.get(catalog) ?? new Map<string, RasterLayer>();
  layersKnown.set(catalog, known);
  const remembered = known.get(id);
  if (remembered) {
    const version = await versionOf(remembered);
    if (version === asked) return { layer: remembered, version };
  }
  const layer = await rasterLayer(catalog, id);
  known.set(id, layer);
  return { layer, version: await versionOf(layer) };
}

const tileType = "application/octet-stream";

async function drawTile(
  catalog: Catalog,
  layer: RasterLayer,
  asked: TileRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bands = asked.bands.map((name) => bandOf(layer, name));
  const { crs } = catalog.project.get().grid.geobox;
  let looks = quickLooks.get(catalog);
  if (!looks) {
    looks = new QuickLooks(quickLookFolder(catalog));
    quickLooks.set(catalog, looks);
  }
  const tile = await readTile(layer, bands, crs, asked, looks, { signal, urgent: true });
  const { head, payload } = encodePixelTile(tile);
  // Classes shrink to a few percent; reflectance hardly does, and inflating it would cost more than loopback saves.
  const classes = bands.every((band) => band.classes);
  if (!classes || payload.length === 0) return Buffer.concat([head, payload]);
  markCompressed(head);
  return Buffer.concat([head, await compress(payload, { level: constants.Z_BEST_SPEED })]);
}

/** In the project, so that it is made once; a project that may only be read has its copies among the temporary files. */
const quickLookFolder = ({ folder, readOnly }: Catalog): string =>
  ownCache(folder, readOnly) ?? join(tmpdir(), "omnisat-quick-looks");

/** The project's cache, unless it may not be written to, or somebody put a link in its place. */
function ownCache(folder: string, readOnly: boolean): string | undefined {
  try {
    return readOnly ? undefined : makeOwnFolder(folder, "cache", "quick-looks");
  } catch {
    return undefined;
  }
}

/** An address that names the right version may be kept for good; another is answered, but not kept. */
function answer(type: string, body: Uint8Array, version: string, asked: string): PixelAnswer {
  return {
    status: 200,
    headers: {
      "Content-Type": type,
      "Content-Length": String(body.byteLength),
      ETag: `"${version}"`,
      "Cache-Control": version === asked ? "private, max-age=604800, immutable" : "no-store",
    },
    body,
  };
}
