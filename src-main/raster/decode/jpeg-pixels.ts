/** From the planes of a JPEG to pixels: chroma brought to full size and turned into colours, as libjpeg does by default. */
export interface Plane {
  /** sampling factors; `zoomX`, `zoomY`: pixels of the image per sample */
  readonly h: number;
  readonly v: number;
  readonly zoomX: number;
  readonly zoomY: number;
  /** samples that belong to the image; what lies past them only fills blocks */
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly samples: Uint8Array;
}

/** `width` × `height` pixels, the bands of a pixel side by side. */
export function interleaved(planes: readonly Plane[], width: number, height: number, toRgb: boolean): Uint8Array {
  const count = planes.length;
  const out = new Uint8Array(width * height * count);
  // A row of the image per plane; a row of doubled samples may be one longer.
  const rows = planes.map(({ zoomX }) => new Uint8Array(width + zoomX));
  for (let row = 0, to = 0; row < height; row++, to += width * count) {
    for (let i = 0; i < count; i++) upsampledRow(planes[i]!, row, rows[i]!);
    if (toRgb) writeRgb(rows[0]!, rows[1]!, rows[2]!, out, to, width);
    else {
      for (let i = 0; i < count; i++) {
        const from = rows[i]!;
        for (let col = 0, at = to + i; col < width; col++, at += count) out[at] = from[col]!;
      }
    }
  }
  return out;
}

/** libjpeg's upsampling (jdsample.c): triangles over halved chroma, repetition over everything else. */
function upsampledRow(plane: Plane, row: number, out: Uint8Array): void {
  const { zoomX, zoomY, width, height, stride, samples } = plane;
  const own = Math.min(height - 1, Math.floor(row / zoomY));
  const at = own * stride;
  // Too narrow an image has no neighbours to mix with.
  const smoothX = zoomX === 2 && width > 2;
  if (zoomX === 1 && zoomY === 1) out.set(samples.subarray(at, at + width));
  else if (smoothX && zoomY === 1) widened(samples, at, width, out);
  else if ((smoothX || zoomX === 1) && zoomY === 2) {
    const upper = row % 2 === 0;
    const other = Math.max(0, Math.min(height - 1, own + (upper ? -1 : 1))) * stride;
    if (zoomX === 1) mixed(samples, at, other, width, upper ? 1 : 2, out);
    else widenedAndMixed(samples, at, other, width, out);
  } else
    for (let col = 0; col < out.length; col++) out[col] = samples[at + Math.min(width - 1, Math.floor(col / zoomX))]!;
}

function widened(samples: Uint8Array, at: number, width: number, out: Uint8Array): void {
  out[0] = samples[at]!;
  out[1] = (samples[at]! * 3 + samples[at + 1]! + 2) >> 2;
  for (let i = 1; i < width - 1; i++) {
    const value = samples[at + i]! * 3;
    out[2 * i] = (value + samples[at + i - 1]! + 1) >> 2;
    out[2 * i + 1] = (value + samples[at + i + 1]! + 2) >> 2;
  }
  const last = at + width - 1;
  out[2 * width - 2] = (samples[last]! * 3 + samples[last - 1]! + 1) >> 2;
  out[2 * width - 1] = samples[last]!;
}

function mixed(samples: Uint8Array, at: number, other: number, width: number, bias: number, out: Uint8Array): void {
  for (let i = 0; i < width; i++) out[i] = (samples[at + i]! * 3 + samples[other + i]! + bias) >> 2;
}

function widenedAndMixed(samples: Uint8Array, at: number, other: number, width: number, out: Uint8Array): void {
  let before = 0;
  let here = samples[at]! * 3 + samples[other]!;
  let after = samples[at + 1]! * 3 + samples[other + 1]!;
  out[0] = (here * 4 + 8) >> 4;
  out[1] = (here * 3 + after + 7) >> 4;
  for (let i = 1; i < width - 1; i++) {
    before = here;
    here = after;
    after = samples[at + i + 1]! * 3 + samples[other + i + 1]!;
    out[2 * i] = (here * 3 + before + 8) >> 4;
    out[2 * i + 1] = (here * 3 + after + 7) >> 4;
  }
  out[2 * width - 2] = (after * 3 + here + 8) >> 4;
  out[2 * width - 1] = (after * 4 + 7) >> 4;
}

// Full-range YCbCr (ITU-T T.871) in 16-bit fixed point, rounded as libjpeg rounds (jdcolor.c).
const redOfCr = new Int16Array(256);
const blueOfCb = new Int16Array(256);
const greenOfCr = new Int32Array(256);
const greenOfCb = new Int32Array(256);
for (let i = 0; i < 256; i++) {
  const x = i - 128;
  redOfCr[i] = (91881 * x + 32768) >> 16;
  blueOfCb[i] = (116130 * x + 32768) >> 16;
  greenOfCr[i] = -46802 * x;
  greenOfCb[i] = -22554 * x + 32768;
}

const clamped = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);

function writeRgb(y: Uint8Array, cb: Uint8Array, cr: Uint8Array, out: Uint8Array, to: number, width: number): void {
  for (let col = 0, at = to; col < width; col++, at += 3) {
    const light = y[col]!;
    const blue = cb[col]!;
    const red = cr[col]!;
    out[at] = clamped(light + redOfCr[red]!);
    out[at + 1] = clamped(light + ((greenOfCb[blue]! + greenOfCr[red]!) >> 16));
    out[at + 2] = clamped(light + blueOfCb[blue]!);
  }
}
