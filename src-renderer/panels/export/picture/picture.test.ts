import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { grownTo, layOut, niceStep, type PageContent, type Piece, pages } from "./page.ts";
import { pdfOf, winAnsi } from "./pdf.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-picture-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** About as wide as Helvetica: good enough to lay out, and the same everywhere. */
const measure = (text: string, size: number) => text.length * size * 0.5;
const content = (more: Partial<PageContent> = {}): PageContent => ({
  page: "a4-landscape",
  title: "Forêt de Soignes – 2019",
  subtitle: "première carte",
  legend: ["hêtre", "chêne (€)", "Ωmega"].map((name, i) => ({ name, color: ["#aa0000", "#00aa00", "#0000aa"][i]! })),
  ramp: null,
  bounds: { minX: 600_000, minY: 5_600_000, maxX: 601_000, maxY: 5_600_500 },
  metersPerUnit: 1,
  north: -1.5,
  geographic: false,
  parts: { legend: true, scale: true, north: true, frame: true, footer: true },
  footer: ["Sentinel-2, 2019", "EPSG:32631"],
  legendTitle: "Légende",
  ...more,
});
const mapOf = (pieces: readonly Piece[]) => pieces.find((piece) => piece.kind === "map")!;

test("the map keeps its proportions and holds all of the bounds, on every page and with every part or none", () => {
  const off = { legend: false, scale: false, north: false, frame: false, footer: false };
  for (const page of Object.keys(pages) as (keyof typeof pages)[]) {
    for (const parts of [content().parts, off]) {
      const laid = layOut(content({ page, parts }), measure);
      const map = mapOf(laid.pieces);
      const { minX, minY, maxX, maxY } = laid.shown;
      expect((maxX - minX) / (maxY - minY)).toBeCloseTo(map.width / map.height, 9);
      expect(minX).toBeLessThanOrEqual(600_000);
      expect(maxY).toBeGreaterThanOrEqual(5_600_500);
      expect(map.width).toBeGreaterThan(laid.width * 0.55);
      for (const piece of laid.pieces) {
        if (piece.kind !== "rect") continue;
        expect(piece.x + piece.width).toBeLessThanOrEqual(laid.width + 1e-6);
        expect(piece.y + piece.height).toBeLessThanOrEqual(laid.height + 1e-6);
      }
    }
  }
});

test("the scale bar is as long as it says, in paper millimetres of the scale that is printed", () => {
  const laid = layOut(content(), measure);
  const cells = laid.pieces.filter((piece) => piece.kind === "rect" && piece.fill && piece.height < 2 && piece.stroke);
  const bar = cells.reduce((sum, piece) => sum + (piece.kind === "rect" ? piece.width : 0), 0);
  const words = laid.pieces.flatMap((piece) =>
    piece.kind === "text" && /^\d+ m$/.test(piece.text) ? [piece.text] : [],
  );
  const meters = Math.max(...words.map((text) => Number.parseInt(text, 10)));
  expect((bar / 1000) * laid.scale).toBeCloseTo(meters, 0);
  expect([niceStep(0.37), niceStep(7), niceStep(1999)]).toEqual([0.2, 5, 1000]);
  expect(grownTo({ minX: 0, minY: 0, maxX: 10, maxY: 10 }, 2)).toEqual({ minX: -5, maxX: 15, minY: 0, maxY: 10 });
});

test("a fixed scale is held on every page, about the same middle, and what it cuts off is said", () => {
  for (const page of Object.keys(pages) as (keyof typeof pages)[]) {
    const laid = layOut(content({ page, fixedScale: 25_000 }), measure);
    const map = mapOf(laid.pieces);
    expect(laid.scale).toBe(25_000);
    // A millimetre of paper is 25 m on the ground.
    expect((laid.shown.maxX - laid.shown.minX) / map.width).toBeCloseTo(25, 9);
    expect((laid.shown.maxY - laid.shown.minY) / map.height).toBeCloseTo(25, 9);
    expect([(laid.shown.minX + laid.shown.maxX) / 2, (laid.shown.minY + laid.shown.maxY) / 2]).toEqual([
      600_500, 5_600_250,
    ]);
    expect(laid.cut).toBe(false);
    expect(layOut(content({ page, fixedScale: 500 }), measure).cut).toBe(true);
    expect(layOut(content({ page }), measure).cut).toBe(false);
  }
  // In Web Mercator at 60° a map unit is half a metre on the ground.
  const mercator = layOut(content({ fixedScale: 25_000, metersPerUnit: 0.5 }), measure);
  expect((mercator.shown.maxX - mercator.shown.minX) / mapOf(mercator.pieces).width).toBeCloseTo(50, 9);
  expect(mercator.scale).toBe(25_000);
});

test("a legend longer than its column shrinks instead of running over the scale bar", () => {
  const legend = Array.from({ length: 44 }, (_, i) => ({ name: `class ${i}`, color: "#808080" }));
  const laid = layOut(content({ legend }), measure);
  const lowest = Math.max(
    ...laid.pieces.map((piece) => (piece.kind === "text" && piece.text.startsWith("class") ? piece.y : 0)),
  );
  const north = laid.pieces.find((piece) => piece.kind === "polygon");
  expect(lowest).toBeLessThan(Math.min(...(north?.kind === "polygon" ? north.points.map(([, y]) => y) : [0])));
});

const poppler = spawnSync("pdftotext", ["-v"]).status === 0;

test.skipIf(!poppler)(
  "a PDF has its size, its words, and the map's colours where they belong, as Poppler reads it",
  async () => {
    const laid = layOut(content(), measure);
    const drawn: string[] = [];
    const bytes = await pdfOf(laid, {
      map: { width: 2, height: 1, rgb: Uint8Array.from([255, 0, 0, 0, 0, 255]) },
      title: "Forêt Ω",
      measure,
      drawText: (text) => {
        drawn.push(text);
        return { width: 1, height: 1, rgb: Uint8Array.from([0, 0, 0]) };
      },
      made: new Date("2026-11-20T12:00:00Z"),
    });
    const path = join(room, "page.pdf");
    writeFileSync(path, bytes);
    const info = execFileSync("pdfinfo", [path], { encoding: "utf8" });
    expect(info).toMatch(/Title:\s+Forêt Ω/);
    expect(info).toMatch(/Page size:\s+841\.89 x 595\.276 pts \(A4\)/);
    const words = execFileSync("pdftotext", ["-layout", path, "-"], { encoding: "utf8" });
    for (const word of ["Forêt de Soignes – 2019", "hêtre", "chêne (€)", "Légende"]) expect(words).toContain(word);
    // No standard font has Omega: it is drawn.
    expect(drawn).toEqual(["Ωmega"]);
    execFileSync("pdftoppm", ["-r", "25.4", path, join(room, "page")]);
    const image = readFileSync(join(room, "page-1.ppm"));
    const [, width, , start] = /^P6\n(\d+) (\d+)\n255\n/.exec(image.toString("latin1", 0, 40))!.concat("") as [
      string,
      string,
      string,
      string,
    ];
    expect(start).toBe("");
    const head = image.toString("latin1", 0, 40).indexOf("255\n") + 4;
    const at = (x: number, y: number) => [...image.subarray(head + 3 * (Math.round(y) * Number(width) + Math.round(x)), head + 3 * (Math.round(y) * Number(width) + Math.round(x)) + 3)]; // biome-ignore format: one line
    const map = mapOf(laid.pieces);
    expect(at(map.x + map.width * 0.25, map.y + map.height * 0.7)).toEqual([255, 0, 0]);
    expect(at(map.x + map.width * 0.75, map.y + map.height * 0.7)).toEqual([0, 0, 255]);
  },
);

test("letters are those of Windows-1252, and nothing else is pretended to be", () => {
  expect([...winAnsi("é€–")!]).toEqual([0xe9, 0x80, 0x96]);
  expect(winAnsi("Łódź")).toBeUndefined();
});
