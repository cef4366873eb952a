import WebGLTileLayer from "ol/layer/WebGLTile.js";
import type Projection from "ol/proj/Projection.js";
import DataTileSource from "ol/source/DataTile.js";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { boundsOfTile, levelFor, tileSize, tilesCovering } from "../../../src-shared/geo/tile-grid.ts";
import type { LayerSource, LayerStatistics } from "../../../src-shared/ipc/index.ts";
import { isData, type PixelTile } from "../../../src-shared/ipc/pixels.ts";
import { densityFor, projectTileGrid } from "../projection.ts";
import {
  type Composition,
  channelValue,
  compose,
  layerRanges,
  type Range,
  rangeOf,
  stretchOf,
  usualRange,
} from "../style/composition.ts";
import { type LayerStyle, readStyle } from "../style/layer-style.ts";
import { stretchVariables, textureBands, webglStyle } from "../style/webgl-style.ts";
import { fetchTexture } from "./tile-store.ts";

export interface RasterLayerOptions {
  readonly source: LayerSource;
  readonly projection: Projection;
  readonly style: Readonly<Record<string, unknown>>;
  /** pixels of the picture to one of CSS; the screen's when left out */
  readonly pixelRatio?: number | undefined;
  /** new tiles fade in */
  readonly fade?: boolean | undefined;
  /** a canvas of its own, which others may clip or move */
  readonly className?: string;
  /** tiles on their way changed by this many */
  readonly onloading: (change: number) => void;
  /** percentiles of the layer, asked for when the stretch needs them */
  readonly statistics: (bands: readonly string[]) => Promise<readonly LayerStatistics[]>;
}

/** Tiles whose values stay at hand for the statistics of the view. */
const tilesKept = 96;

/** One raster of the project on the map: WebGL tiles, drawn by a composition, a stretch and a ramp. */
export class RasterLayer {
  readonly id: string;
  #asked = false;
  readonly layer: WebGLTileLayer;
  readonly #options: RasterLayerOptions;
  readonly #density: 1 | 2 | 4;
  #source: LayerSource;
  #style: LayerStyle;
  #composition: Composition | null = null;
  #ranges: readonly Range[] = [];
  readonly #tiles = new Map<string, PixelTile>();
  #pending = 0;
  #turn = 0;
  #factorsKnown = false;
  #disposed = false;

  constructor(options: RasterLayerOptions) {
    const { source } = options;
    this.#options = options;
    this.#density = densityFor(options.pixelRatio ?? devicePixelRatio);
    this.id = source.id;
    this.#source = source;
    this.#style = readStyle(options.style);
    const { blend } = this.#style;
    this.layer = new WebGLTileLayer({
      // Layers of one class share a canvas; one that blends needs its own.
      className:
        options.className ??
        (blend === "normal" ? "raster-canvas" : `raster-canvas blend-${blend} own-${cssWord(source.id)}`),
      cacheSize: 128,
      ...(source.bounds ? { extent: extentOf(source.bounds) } : {}),
    });
    this.#recompose();
  }

  get source(): LayerSource {
    return this.#source;
  }

  get composition(): Composition | null {
    return this.#composition;
  }

  get style(): LayerStyle {
    return this.#style;
  }

  /** Physical values at both ends of every channel. */
  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  get loading(): boolean {
    return this.#pending > 0;
  }

  /** Tiles were asked for, and all of them are here. */
  get drawn(): boolean {
    return this.#asked && this.#pending === 0;
  }

  /** Takes what was stored anew. `false`: the layer has to be made again, since a blend mode needs its own canvas. */
  restyle(stored: Readonly<Record<string, unknown>>): boolean {
    const before = this.#style;
    const style = readStyle(stored);
    if (style.blend !== before.blend) return false;
    this.#style = style;
    const next = compose(this.#source, style);
    const same = JSON.stringify(next) === JSON.stringify(this.#composition);
    const looks = ({ ramp, invert, hidden }: LayerStyle) => JSON.stringify([ramp, invert, hidden]);
    const [was, is] = [this.#composition, next];
    if (!same && was && is && was.classes === is.classes && was.bands.join() === is.bands.join()) {
      // Other colours of the same bands: the tiles that are here will do.
      this.#composition = is;
      this.#redraw();
      void this.#stretch();
    } else if (!same) this.#recompose();
    else if (looks(style) !== looks(before)) {
      this.#redraw();
      void this.#stretch();
    } else void this.#stretch();
    return true;
  }

  /** Gamma and ranges at once, without being stored: while a slider moves. */
  preview(ranges: readonly Range[] | null, gamma: number): void {
    this.layer.updateStyleVariables(stretchVariables(ranges ?? this.#ranges, gamma));
  }

  /** The pixels of the file changed, or where it lies. */
  replaceSource(source: LayerSource): void {
    if (
      source.version === this.#source.version &&
      JSON.stringify(source.bounds) === JSON.stringify(this.#source.bounds)
    ) {
      this.#source = source;
      return;
    }
    this.#source = source;
    this.layer.setExtent(source.bounds ? extentOf(source.bounds) : undefined);
    this.#recompose();
  }

  /** Percentiles of what is on screen, per channel; computed here from the tiles that are drawn. */
  viewRanges(bounds: Bounds, resolution: number, percent: Range): Range[] | null {
    const composition = this.#composition;
    if (!composition || composition.classes) return null;
    const { channels, bands } = composition;
    const z = levelFor(resolution / this.#density);
    const values = channels.map((): number[] => []);
    const seen = tilesCovering(bounds, z).flatMap((address) => {
      const tile = this.#tiles.get(`${address.z}/${address.x}/${address.y}`);
      return tile?.samples ? [{ tile, bounds: boundsOfTile(address) }] : [];
    });
    const step = Math.max(1, Math.round(Math.sqrt((seen.length * 65536) / 200_000)));
    const pixel = new Float64Array(bands.length);
    for (const { tile, bounds: own } of seen) {
      const size = (own.maxX - own.minX) / tile.width;
      for (let row = 0; row < tile.height; row += step) {
        const y = own.maxY - (row + 0.5) * size;
        if (y < bounds.minY || y > bounds.maxY) continue;
        for (let col = 0; col < tile.width; col += step) {
          const x = own.minX + (col + 0.5) * size;
          const at = row * tile.width + col;
          if (x < bounds.minX || x > bounds.maxX || !isData(tile, at)) continue;
          for (let band = 0; band < bands.length; band++) {
            const { scale, offset } = tile.scales[band]!;
            pixel[band] = tile.samples![at * bands.length + band]! * scale + offset;
          }
          channels.forEach((channel, i) => {
            const value = channelValue(channel, bands, pixel);
            if (Number.isFinite(value)) values[i]!.push(value);
          });
        }
      }
    }
    if (values.some(({ length }) => length === 0)) return null;
    return values.map((list) => rangeOf(Float64Array.from(list), percent));
  }

  dispose(): void {
    this.#options.onloading(-this.#pending);
    this.#pending = 0;
    this.#disposed = true;
    this.#turn++;
    this.#tiles.clear();
    this.layer.setSource(null);
    this.layer.dispose();
  }

  #recompose(): void {
    this.#composition = compose(this.#source, this.#style);
    this.#tiles.clear();
    this.#factorsKnown = false;
    const composition = this.#composition;
    if (!composition) {
      this.layer.setSource(null);
      return;
    }
    // The style goes with the number of bands, which the layer takes from its source.
    this.#redraw(composition);
    const { bands, classes } = composition;
    const mine = ++this.#turn;
    const source = new DataTileSource({
      projection: this.#options.projection,
      tileGrid: projectTileGrid(this.#density),
      tileSize,
      bandCount: textureBands(bands.length),
      hasAlpha: true,
      interpolate: !classes,
      transition: this.#options.fade === false ? 0 : 120,
      wrapX: false,
      loader: async (z, x, y, { signal }) => {
        this.#count(1);
        try {
          const { data, factors, tile } = await fetchTexture(this.#source, bands, z, x, y, signal);
          if (mine === this.#turn) {
            this.#keep(`${z}/${x}/${y}`, tile);
            if (factors && !this.#factorsKnown) this.#setFactors(factors);
          }
          return data;
        } finally {
          this.#count(-1);
        }
      },
    });
    this.layer.setSource(source);
    void this.#stretch();
  }

  #redraw(composition = this.#composition): void {
    if (!composition) return;
    const style = webglStyle(composition, this.#style, this.#source.legend ?? []);
    const known = this.#variables;
    this.layer.setStyle({
      ...style,
      variables: { ...style.variables, ...(this.#factorsKnown ? known : {}) },
    });
  }

  #variables: Record<string, number> = {};

  #setFactors(factors: readonly { readonly factor: number; readonly offset: number }[]): void {
    this.#factorsKnown = true;
    this.#variables = Object.fromEntries(
      factors.flatMap(({ factor, offset }, i) => [
        [`k${i}`, factor],
        [`o${i}`, offset],
      ]),
    );
    this.layer.updateStyleVariables(this.#variables);
  }

  /** Which values are black and white now. Statistics come later than the first tiles: until then the usual range. */
  async #stretch(): Promise<void> {
    const composition = this.#composition;
    if (!composition || composition.classes) return;
    const mine = this.#turn;
    const source = this.#source;
    const style = this.#style;
    const usual = composition.channels.map((channel): Range => usualRange(source, channel) ?? [0, 1]);
    const stretch = stretchOf(source, style, composition);
    const given = style.ranges.length === composition.channels.length ? style.ranges : null;
    if (stretch === "usual" || !((stretch === "manual" || stretch === "view") && given)) this.#apply(usual);
    if ((stretch === "manual" || stretch === "view") && given) this.#apply(given);
    else if (stretch === "layer") {
      const names = composition.channels.flatMap((channel) => (channel.kind === "band" ? [channel.band] : []));
      const figures = names.length > 0 ? await this.#options.statistics(names).catch(() => null) : [];
      if (figures && mine === this.#turn && style === this.#style) {
        this.#apply(layerRanges(source, composition, figures, style.percent));
      }
    }
  }

  #apply(ranges: readonly Range[]): void {
    this.#ranges = ranges;
    this.layer.updateStyleVariables(stretchVariables(ranges, this.#style.gamma));
  }

  #keep(key: string, tile: PixelTile): void {
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    const [oldest] = this.#tiles.keys();
    if (this.#tiles.size > tilesKept && oldest !== undefined) this.#tiles.delete(oldest);
  }

  #count(change: number): void {
    // Tiles of a layer that was taken away are counted off already.
    if (this.#disposed) return;
    if (change > 0) this.#asked = true;
    this.#pending += change;
    this.#options.onloading(change);
  }
}

export const extentOf = ({ minX, minY, maxX, maxY }: Bounds): [number, number, number, number] => [
  minX,
  minY,
  maxX,
  maxY,
];

const cssWord = (id: string) => id.replaceAll(/[^a-zA-Z0-9_-]/g, "-");
