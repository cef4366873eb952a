/** A rectangle of pixels. It may reach past the edges of its image. */
export interface PixelWindow {
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** The part of `window` inside an image of `width` × `height`, or `undefined` when nothing is left. */
export function clip(window: PixelWindow, width: number, height: number): PixelWindow | undefined {
  const col = Math.max(0, window.col);
  const row = Math.max(0, window.row);
  const right = Math.min(width, window.col + window.width);
  const bottom = Math.min(height, window.row + window.height);
  return col < right && row < bottom ? { col, row, width: right - col, height: bottom - row } : undefined;
}
