import { existsSync } from "node:fs";
import { type SetRule, uncertainCode, uncertainColor } from "../../src-shared/domain/calibration.ts";
import { groupWord } from "../../src-shared/domain/calibration-words.ts";
import type { MapSetFiles } from "../../src-shared/domain/job.ts";
import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { writeWhole } from "../files/index.ts";
import { createCog, type WriteOptions } from "../raster/index.ts";
import { classQml, classSld } from "../vector/styles/index.ts";
import { isUncertain, noSet, possibleClasses, possibleCounts } from "./possible-classes.ts";

interface SetsToWrite {
  readonly rule: SetRule;
  readonly legend: readonly LegendClass[];
  readonly geobox: GeoBox;
  /** where a file of this name goes */
  readonly path: (what: string) => string;
  /** of the map, for titles of styles */
  readonly name: string;
  /** what is said in every style, or nothing */
  readonly note: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** reads shares: 0 is the confidence, 1 + k the probability of class k */
  readonly shares: (window: PixelWindow, wanted: readonly number[]) => Promise<Uint16Array[] | undefined>;
  /** also one band per class: possible or not */
  readonly bands: boolean;
  readonly options: () => WriteOptions;
}

/** Files that `writeSets` writes, so that progress knows. */
export const setFileCount = (bands: boolean): number => (bands ? 3 : 2);

/** From one class to many: blue, yellow, red, told apart by colour-blind eyes (RdYlBu of ColorBrewer, Apache 2.0). */
const sizeColors = ["#2c7bb6", "#abd9e9", "#ffffbf", "#fdae61", "#d7191c"] as const;

/** The colour of so many possible classes; from five on the same. */
const sizeColor = (count: number): string => sizeColors[Math.min(count, sizeColors.length) - 1]!;

/** How many classes each patch may have, which patches are uncertain or untaught, and by class whether it is possible; with their styles. */
export async function writeSets(
  given: SetsToWrite,
): Promise<{ readonly sets: MapSetFiles; readonly sidecarPaths: readonly string[] }> {
  // biome-ignore format: one line
  const { rule, legend, geobox, path, name, note, shares, bands, options } = given;
  const all = legend.map((_, k) => 1 + k);
  const metadata = { ...given.metadata, PROMISE: promiseOf(rule) };
  const sizes = Array.from({ length: legend.length }, (_, i): LegendClass => {
    const count = i + 1;
    return { code: count, name: count === 1 ? "1 class possible" : `${count} classes possible`, color: sizeColor(count) }; // biome-ignore format: one class
  });
  const setSizePath = path("set-size.tif");
  await createCog(
    setSizePath,
    { ...classesOf(sizes), geobox, bandNames: ["possible classes"], metadata },
    async (window) => {
      const read = await shares(window, all);
      return read && [possibleCounts(read, rule)];
    },
    options(),
  );
  const uncertain: readonly LegendClass[] = [
    { code: uncertainCode, name: "uncertain or untaught", color: uncertainColor },
  ];
  const uncertainPath = path("uncertain.tif");
  await createCog(
    uncertainPath,
    { ...classesOf(uncertain), geobox, bandNames: ["uncertain or untaught"], metadata },
    async (window) => {
      const read = await shares(window, [0]);
      return read && [Uint8Array.from(read[0]!, (own) => (isUncertain(own, rule) ? uncertainCode : 0))];
    },
    options(),
  );
  const setsPath = bands ? path("sets.tif") : null;
  if (setsPath)
    await createCog(
      setsPath,
      {
        geobox,
        bandCount: legend.length,
        dataType: "uint8",
        nodata: noSet,
        bandNames: legend.map((entry) => entry.name),
        overviewMethod: "mode",
        metadata,
      },
      async (window) => {
        const read = await shares(window, all);
        return read && possibleClasses(read, rule);
      },
      options(),
    );
  const styled = [
    ["set-size", sizes],
    ["uncertain", uncertain],
  ] as const;
  for (const [what, classes] of styled) {
    await writeWhole(path(`${what}.qml`), classQml(classes, 1, note));
    await writeWhole(path(`${what}.sld`), classSld(`${name}_${what}`, classes, 1, note));
  }
  const sidecarPaths = [
    ...styled.flatMap(([what]) => [path(`${what}.qml`), path(`${what}.sld`)]),
    ...[setSizePath, uncertainPath].map((file) => `${file}.aux.xml`),
  ].filter((file) => existsSync(file));
  return { sets: { setSizePath, uncertainPath, setsPath }, sidecarPaths };
}

/** What is promised, for whoever opens the file elsewhere. */
function promiseOf({ level, groups, unit, calibratedOn, needed, threshold, rightMarked }: SetRule): string {
  const word = groupWord(groups, unit);
  const sets =
    calibratedOn < needed
      ? `No class is ruled out: ${needed} ${word} would be needed for ${percent(level)}, there are ${calibratedOn}.`
      : `The class is among the possible ones on nine tenths of the patches of ${percent(level)} of the ${word} like those of the validation part (${calibratedOn}).`;
  return `${sets} Uncertain or untaught: confidence below ${(threshold / 100).toFixed(2)} %, as about ${percent(rightMarked)} of the ${word} that the map gets right.`;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** A raster of classes, 0 where there is nothing. */
function classesOf(classes: readonly LegendClass[]) {
  const by = new Map(classes.map((entry) => [entry.code, entry]));
  const last = Math.max(...by.keys());
  return {
    bandCount: 1,
    dataType: "uint8",
    nodata: 0,
    categoryNames: Array.from({ length: last + 1 }, (_, code) => (code === 0 ? "no data" : (by.get(code)?.name ?? ""))),
    attributeTable: classes.map(({ code, name, color }) => ({ value: code, name, color })),
    colorTable: Array.from({ length: 256 }, (_, code): [number, number, number, number] => {
      const entry = by.get(code);
      return entry ? [...rgbOf(entry.color), 255] : [0, 0, 0, 0];
    }),
    overviewMethod: "mode",
  } as const;
}
