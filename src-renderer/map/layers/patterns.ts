// Patterns of the three sets, so that they differ without colour too: lines for training, dots for validation, a lattice for test.

export const setColors = { train: "#0072b2", validation: "#d58a00", test: "#b1377e", unused: "#7a8582" } as const;
export type SetName = keyof typeof setColors;

const side = 12;
const made = new Map<string, CanvasPattern>();

/** The pattern of a set on a transparent ground. */
export function patternOf(set: SetName, ratio: number): CanvasPattern {
  const key = `${set} ${ratio}`;
  const known = made.get(key);
  if (known) return known;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(side * ratio);
  const pen = canvas.getContext("2d")!;
  pen.scale(canvas.width / side, canvas.width / side);
  pen.strokeStyle = pen.fillStyle = setColors[set];
  pen.globalAlpha = 0.16;
  pen.fillRect(0, 0, side, side);
  pen.globalAlpha = 0.85;
  pen.lineWidth = 1.2;
  const line = (...[x1, y1, x2, y2]: [number, number, number, number]) => {
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  };
  if (set === "train") {
    line(-1, side + 1, side + 1, -1);
    line(-1, 1, 1, -1);
    line(side - 1, side + 1, side + 1, side - 1);
  } else if (set === "validation") {
    for (const [x, y] of [
      [3, 3],
      [9, 9],
    ] as const) {
      pen.beginPath();
      pen.arc(x, y, 1.5, 0, 2 * Math.PI);
      pen.fill();
    }
  } else if (set === "test") {
    line(0, 6, side, 6);
    line(6, 0, 6, side);
  }
  const pattern = pen.createPattern(canvas, "repeat")!;
  made.set(key, pattern);
  return pattern;
}
