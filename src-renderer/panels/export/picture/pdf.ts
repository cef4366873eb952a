import type { LaidOut, Piece } from "./page.ts";

/** Pixels of a picture, red green blue, rows from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export interface PdfParts {
  readonly map: Pixels;
  readonly title: string;
  /** Draws a text whose letters the standard fonts lack; answers its pixels and how high they stand over the base line. */
  readonly drawText: (text: string, size: number, bold: boolean, color: string) => Pixels;
  readonly measure: (text: string, size: number, bold: boolean) => number;
  readonly made: Date;
}

const pointsPerMillimeter = 72 / 25.4;

/**
 * A page as PDF 1.4 (ISO 32000-1): marks and words as vectors in the standard fonts, the map as a picture without loss.
 * Colours with alpha are laid on white beforehand, since all of them lie on the page's ground or on their own plate.
 */
export async function pdfOf(page: LaidOut, parts: PdfParts): Promise<Uint8Array> {
  const objects: (readonly Uint8Array[])[] = [];
  const add = (...chunks: readonly (string | Uint8Array)[]): number => objects.push(chunks.map(bytesOf));
  const pictures: { readonly name: string; readonly id: number }[] = [];
  const addPicture = async ({ width, height, rgb }: Pixels): Promise<string> => {
    const packed = await deflated(rgb);
    const dictionary = `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Interpolate false /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
    const id = add(dictionary, packed, "\nendstream");
    const name = `P${pictures.length}`;
    pictures.push({ name, id });
    return name;
  };

  const catalog = add("<< /Type /Catalog /Pages 2 0 R >>");
  const [width, height] = [page.width, page.height].map((length) => number(length * pointsPerMillimeter));
  add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
  // The page itself is written last, when its pictures are known; its place is kept.
  add("");
  const plain = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  const bold = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>");
  const info = add(
    `<< /Title ${hexText(parts.title)} /Producer (OmniSat Desktop) /CreationDate (${dateOf(parts.made)}) >>`,
  );

  const marks: string[] = [`${number(pointsPerMillimeter)} 0 0 ${number(-pointsPerMillimeter)} 0 ${height} cm`];
  for (const piece of page.pieces) {
    if (piece.kind === "map") {
      const name = await addPicture(parts.map);
      marks.push(placed(name, piece.x, piece.y, piece.width, piece.height));
    } else if (piece.kind === "text") {
      marks.push(await textMarks(piece, parts, addPicture));
    } else marks.push(shapeMarks(piece));
  }
  const drawing = await deflated(new TextEncoder().encode(marks.join("\n")));
  const content = add(`<< /Filter /FlateDecode /Length ${drawing.length} >>\nstream\n`, drawing, "\nendstream");
  const list = pictures.map(({ name, id }) => `/${name} ${id} 0 R`).join(" ");
  objects[2] = [
    bytesOf(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${content} 0 R /Resources << /Font << /F1 ${plain} 0 R /F2 ${bold} 0 R >> /XObject << ${list} >> >> >>`,
    ),
  ];
  return assembled(objects, catalog, info);
}

function shapeMarks(piece: Exclude<Piece, { kind: "text" } | { kind: "map" }>): string {
  const path = (points: readonly (readonly [number, number])[]) =>
    points.map(([x, y], i) => `${number(x)} ${number(y)} ${i === 0 ? "m" : "l"}`).join(" ");
  if (piece.kind === "polygon") return `${rgb(piece.fill)} rg ${path(piece.points)} h f`;
  if (piece.kind === "line") return `${rgb(piece.stroke)} RG ${number(piece.line)} w ${path(piece.points)} S`;
  const { x, y, width, height, fill, stroke, line } = piece;
  const box = `${number(x)} ${number(y)} ${number(width)} ${number(height)} re`;
  const filled = fill ? `${rgb(fill)} rg ${box} f` : "";
  const framed = stroke ? `${rgb(stroke)} RG ${number(line ?? 0.2)} w ${box} S` : "";
  return `${filled} ${framed}`;
}

async function textMarks(
  { x, y, text, size, bold = false, color, anchor }: Extract<Piece, { kind: "text" }>,
  { drawText, measure }: PdfParts,
  addPicture: (pixels: Pixels) => Promise<string>,
): Promise<string> {
  const width = measure(text, size, bold);
  const left = anchor === "end" ? x - width : anchor === "middle" ? x - width / 2 : x;
  const encoded = winAnsi(text);
  if (!encoded) {
    const pixels = drawText(text, size, bold, color);
    return placed(await addPicture(pixels), left, y - size, width, (width * pixels.height) / pixels.width);
  }
  const words = `<${[...encoded].map((byte) => byte.toString(16).padStart(2, "0")).join("")}>`;
  // The page's y grows downwards; the text's own matrix turns the letters upright again.
  return `BT ${rgb(color)} rg /F${bold ? 2 : 1} ${number(size)} Tf 1 0 0 -1 ${number(left)} ${number(y)} Tm ${words} Tj ET`;
}

const placed = (name: string, x: number, y: number, width: number, height: number): string =>
  `q ${number(width)} 0 0 ${number(-height)} ${number(x)} ${number(y + height)} cm /${name} Do Q`;

/** Letters of Windows-1252 beyond Latin-1. */
const extras = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
const codes = [
  128, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 142, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154,
  155, 156, 158, 159,
];

/** The text in Windows-1252, or nothing when it has a letter that is not in it. */
export function winAnsi(text: string): Uint8Array | undefined {
  const bytes = [...text].map((letter) => {
    const code = letter.codePointAt(0)!;
    if ((code >= 32 && code < 127) || (code >= 160 && code < 256)) return code;
    if (code === 0x202f || code === 0x2009) return 160;
    const extra = extras.indexOf(letter);
    return extra >= 0 ? codes[extra]! : -1;
  });
  return bytes.includes(-1) ? undefined : Uint8Array.from(bytes);
}

/** `#rrggbb` or `#rrggbbaa` over white, as shares of one. */
function rgb(color: string): string {
  const channel = (at: number) => Number.parseInt(color.slice(at, at + 2), 16) / 255;
  const alpha = color.length === 9 ? channel(7) : 1;
  return [1, 3, 5].map((at) => number(1 - alpha + alpha * channel(at))).join(" ");
}

const number = (value: number): string => String(Number(value.toFixed(4)));

/** Text of the document's facts: UTF-16 with its mark. */
function hexText(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, "0"));
  return `<feff${units.join("")}>`;
}

const dateOf = (date: Date): string => `D:${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;

const bytesOf = (chunk: string | Uint8Array): Uint8Array =>
  typeof chunk === "string" ? Uint8Array.from(chunk, (letter) => letter.charCodeAt(0)) : chunk;

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function assembled(objects: readonly (readonly Uint8Array[])[], catalog: number, info: number): Uint8Array {
  const parts: Uint8Array[] = [bytesOf("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n")];
  let size = parts[0]!.length;
  const push = (chunk: Uint8Array) => {
    parts.push(chunk);
    size += chunk.length;
  };
  const offsets = objects.map((chunks, i) => {
    const at = size;
    push(bytesOf(`${i + 1} 0 obj\n`));
    for (const chunk of chunks) push(chunk);
    push(bytesOf("\nendobj\n"));
    return at;
  });
  const start = size;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  push(
    bytesOf(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
