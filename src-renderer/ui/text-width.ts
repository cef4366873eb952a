let context: CanvasRenderingContext2D | null | undefined;

/** How many pixels a text takes in the window's own type, for layouts that must decide before drawing. */
export function textWidth(text: string): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * 8;
  context.font = `500 13px ${getComputedStyle(document.body).fontFamily}`;
  return Math.ceil(context.measureText(text).width);
}
