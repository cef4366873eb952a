import type { LaidOut, Measure, Piece } from "./page.ts";

/** Fonts with the metrics of Helvetica, so that a PDF and a PNG break lines alike. */
const family = '"Liberation Sans", Arimo, Helvetica, Arial, sans-serif';
const fontOf = (size: number, bold: boolean): string => `${bold ? "bold " : ""}${size}px ${family}`;

let ruler: CanvasRenderingContext2D | undefined;

export const measure: Measure = (text, size, bold) => {
  ruler ??= document.createElement("canvas").getContext("2d")!;
  ruler.font = fontOf(100, bold);
  return (ruler.measureText(text).width * size) / 100;
};

/** Draws a page at `scale` pixels per millimetre. `map` fills the map's place. */
export function drawPage(canvas: HTMLCanvasElement, page: LaidOut, scale: number, map: CanvasImageSource | null): void {
  canvas.width = Math.round(page.width * scale);
  canvas.height = Math.round(page.height * scale);
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  for (const piece of page.pieces) drawPiece(context, piece, map);
}

function drawPiece(context: CanvasRenderingContext2D, piece: Piece, map: CanvasImageSource | null): void {
  switch (piece.kind) {
    case "rect": {
      const { x, y, width, height, fill, stroke, line } = piece;
      if (fill) {
        context.fillStyle = fill;
        context.fillRect(x, y, width, height);
      }
      if (stroke) {
        context.strokeStyle = stroke;
        context.lineWidth = line ?? 0.2;
        context.strokeRect(x, y, width, height);
      }
      break;
    }
    case "polygon":
    case "line": {
      context.beginPath();
      for (const [x, y] of piece.points) context.lineTo(x, y);
      if (piece.kind === "polygon") {
        context.closePath();
        context.fillStyle = piece.fill;
        context.fill();
      } else {
        context.strokeStyle = piece.stroke;
        context.lineWidth = piece.line;
        context.stroke();
      }
      break;
    }
    case "text":
      context.font = fontOf(piece.size, piece.bold ?? false);
      context.fillStyle = piece.color;
      context.textAlign = piece.anchor === "middle" ? "center" : (piece.anchor ?? "start");
      context.fillText(piece.text, piece.x, piece.y);
      break;
    case "map":
      if (!map) break;
      // Pixels of a map keep their edges.
      context.imageSmoothingEnabled = false;
      context.drawImage(map, piece.x, piece.y, piece.width, piece.height);
      break;
  }
}

/** A text as a picture, for letters that a PDF's own fonts do not have. */
export function drawText(text: string, size: number, bold: boolean, color: string, scale: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.ceil(measure(text, size, bold) * scale));
  canvas.height = Math.max(1, Math.ceil(size * 1.3 * scale));
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.font = fontOf(size, bold);
  context.fillStyle = color;
  context.fillText(text, 0, size);
  return canvas;
}
