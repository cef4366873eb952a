import { extname } from "node:path";
import { type AreaSample, type AreaUnit, cannotTell, otherClass } from "../../../src-shared/domain/area-sample.ts";
import { type Cell, csv } from "../../../src-shared/domain/csv.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import { seedOf, writeWholeSync } from "../../files/index.ts";
import { transformer } from "../../raster/index.ts";
import { eachFeatureInSubprocess, type Feature, type PropertyValue, writeGeoPackage } from "../../vector/index.ts";

/** Words of answers that are no class; the first that no class is called. */
function wordsOf({ design }: AreaSample): ReadonlyMap<number, string> {
  const taken = new Set(design.strata.map(({ name }) => plain(name)));
  const free = (...words: readonly string[]): string => words.find((word) => !taken.has(word)) ?? words[0]!;
  return new Map([
    [otherClass, free("other", "none of these", "no class of the map")],
    [cannotTell, free("cannot tell", "not to be told")],
  ]);
}

const plain = (text: string): string => text.trim().toLowerCase();

/** What tells the files of one sample from those of another. A letter first: spreadsheets take 00123456 and 12e45678 for numbers. */
const tokenOf = ({ name, createdAt, design }: AreaSample): string =>
  `s${seedOf(name, createdAt, design.mapName, design.seed).toString(16).padStart(8, "0")}`;

const wordOf = (sample: AreaSample, answer: number | null): string | null =>
  answer === null
    ? null
    : (wordsOf(sample).get(answer) ?? sample.design.strata.find(({ code }) => code === answer)?.name ?? null);

/** An answer from what a person typed: a name of a class, its code, “other” or “cannot tell”; `undefined` when it is none. */
function answerFrom(sample: AreaSample, typed: PropertyValue): number | null | undefined {
  const { strata } = sample.design;
  // What a spreadsheet could take for a formula was written with an apostrophe.
  const text = plain(String(typed ?? "")).replace(/^'(?=[=+\-@])/, "");
  if (text === "") return null;
  const named = strata.find(({ name }) => plain(name) === text);
  if (named) return named.code;
  const [word] = [...wordsOf(sample)].find(([, own]) => own === text) ?? [];
  return word ?? strata.find(({ code }) => String(code) === text)?.code;
}

/**
 * Writes the places as points, without what the map says there: a GeoPackage, or a table (CSV).
 * @throws AppError "export-unwritable", "no-disk-space", "vector-unwritable"
 */
export function writeAnswers(sample: AreaSample, units: readonly AreaUnit[], path: string): void {
  const { grid, strata } = sample.design;
  const choices = [...strata.map(({ name }) => name), ...wordsOf(sample).values()].join("; ");
  const toDegrees = transformer(grid.crs, "EPSG:4326").forward;
  const places = units.map(({ position, col, row, answer }) => {
    const [x, y] = apply(grid.affine, col + 0.5, row + 0.5);
    const [longitude, latitude] = toDegrees(x, y).map((value) => Number(value.toFixed(8))) as [number, number];
    const own = {
      sample: tokenOf(sample),
      place: position,
      answer: wordOf(sample, answer),
      longitude,
      latitude,
      choices,
    };
    return { x, y, own };
  });
  if (extname(path).toLowerCase() === ".csv") {
    const head = ["sample", "place", "answer", "x", "y", "longitude", "latitude", "choices"];
    const rows = places.map(({ x, y, own }): Cell[] => [own.sample, own.place, own.answer, x, y, own.longitude, own.latitude, own.choices]); // biome-ignore format: one row
    writeWholeSync(path, Buffer.from(csv([head, ...rows]), "utf8"), { unwritable: "export-unwritable" });
    return;
  }
  writeGeoPackage(path, {
    name: "places",
    crs: grid.crs,
    geometryType: "POINT",
    description: `Places of the sample “${sample.name}” of OmniSat Desktop. Answer each with one of: ${choices}.`,
    fields: [
      { name: "sample", type: "text" },
      { name: "place", type: "integer" },
      { name: "answer", type: "text" },
      { name: "longitude", type: "number" },
      { name: "latitude", type: "number" },
      { name: "choices", type: "text" },
    ],
    features: places.map(({ x, y, own }) => ({ properties: own, geometry: { type: "Point", coordinates: [x, y] } })),
  });
}

/**
 * The answers of a file that was exported from the sample and answered elsewhere: position → answer.
 * @throws AppError "answers-without-columns", "answers-of-another-sample", "answers-unknown", and what reading a vector file throws
 */
export async function readAnswers(
  sample: AreaSample,
  units: readonly AreaUnit[],
  path: string,
): Promise<ReadonlyMap<number, number>> {
  const token = tokenOf(sample);
  const places = new Set(units.map(({ position }) => position));
  const answers = new Map<number, number>();
  const unknown = new Set<string>();
  let row = 0;
  let wrong: number | undefined;
  let lacking: readonly string[] = [];
  const table = extname(path).toLowerCase() === ".csv";
  await eachFeatureInSubprocess(
    path,
    table ? { x: "longitude", y: "latitude", crs: "EPSG:4326" } : {},
    ({ fields }) => {
      const names = fields.map(({ name }) => name.toLowerCase());
      lacking = ["sample", "place", "answer"].filter((name) => !names.includes(name));
    },
    (feature) => {
      row++;
      if (lacking.length > 0) return false;
      const { sample: own, place, answer } = lowered(feature);
      const position = Number(place);
      if (String(own ?? "").replace(/^'/, "") !== token || !places.has(position)) {
        wrong ??= row;
        return false;
      }
      const read = answerFrom(sample, answer ?? null);
      if (read === undefined) unknown.add(String(answer).slice(0, 100));
      else if (read !== null) answers.set(position, read);
      return unknown.size < 10;
    },
  );
  if (lacking.length > 0) throw new AppError("answers-without-columns", { path, columns: lacking });
  if (wrong !== undefined) throw new AppError("answers-of-another-sample", { path, sample: sample.name, row: wrong });
  if (unknown.size > 0) {
    const classes = [...sample.design.strata.map(({ name }) => name), ...wordsOf(sample).values()];
    throw new AppError("answers-unknown", { path, values: [...unknown], classes });
  }
  return answers;
}

const lowered = ({ properties }: Feature): Readonly<Record<string, PropertyValue>> =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name.toLowerCase(), value]));
