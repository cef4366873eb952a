// Two projects number their classes apart: 3 may be barley in one and potatoes in the other. A model that is measured on the labels of
// another project is compared by the names of classes, and by the codes of their source.
import type { Finding } from "../../src-shared/domain/finding.ts";
import type { LabelInput } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { TileInput } from "../../src-shared/domain/tiles.ts";

interface MatchedClasses {
  /** by code of the given classes that of the model; classes that it does not know have codes it does not use */
  readonly codes: ReadonlyMap<number, number>;
  readonly findings: readonly Finding[];
}

const wordOf = ({ name }: Pick<LegendClass, "name">): string => name.trim().toLowerCase();

/**
 * Classes in the numbers of a model's legend. A class is the model's of the same name, or of the same code of the source. Of a class and
 * a class of the model that share their number alone, and whose names the other does not know, one was renamed: they are taken as one,
 * and it is said.
 */
function matchClasses(given: readonly LegendClass[], legend: readonly LegendClass[]): MatchedClasses {
  const codes = new Map<number, number>();
  const free = new Set(legend.map(({ code }) => code));
  const pair = (fits: (own: LegendClass, theirs: LegendClass) => boolean) => {
    for (const own of given) {
      const theirs = codes.has(own.code) ? undefined : legend.find((entry) => free.has(entry.code) && fits(own, entry));
      if (!theirs) continue;
      codes.set(own.code, theirs.code);
      free.delete(theirs.code);
    }
  };
  pair((own, theirs) => wordOf(own) === wordOf(theirs) && own.code === theirs.code);
  pair((own, theirs) => wordOf(own) === wordOf(theirs));
  pair((own, theirs) => own.source !== undefined && own.source === theirs.source);
  const before = new Set(codes.keys());
  // Different codes of one source are different classes, whatever their numbers here.
  pair((own, theirs) => own.code === theirs.code && (own.source === undefined || theirs.source === undefined));
  const renamed = given
    .filter(({ code }) => codes.has(code) && !before.has(code))
    .map(({ code, name }) => ({ label: name, model: legend.find((entry) => entry.code === codes.get(code))!.name }));
  const used = new Set(legend.map(({ code }) => code));
  let unused = Math.max(0, ...used, ...given.map(({ code }) => code));
  for (const { code } of given) if (!codes.has(code)) codes.set(code, used.has(code) ? ++unused : code);
  return { codes, findings: renamed.length > 0 ? [{ code: "classes-renamed", details: { classes: renamed } }] : [] };
}

const areSame = (codes: ReadonlyMap<number, number>): boolean => [...codes].every(([own, theirs]) => own === theirs);

const recoded = (legend: readonly LegendClass[], codes: ReadonlyMap<number, number>): LegendClass[] =>
  legend.map((entry) => ({ ...entry, code: codes.get(entry.code) ?? entry.code }));

/** Labelled polygons in the numbers of a model's legend. */
export function labelsInLegend(
  labels: LabelInput,
  legend: readonly LegendClass[],
): MatchedClasses & { readonly labels: LabelInput } {
  const matched = matchClasses(labels.legend, legend);
  const { codes } = matched;
  if (areSame(codes)) return { ...matched, labels };
  const polygons = labels.polygons.map((own) => ({ ...own, classCode: codes.get(own.classCode) ?? own.classCode }));
  return { ...matched, labels: { ...labels, legend: recoded(labels.legend, codes), polygons } };
}

/** Shares of labelled tiles in the numbers of a model's legend. */
export function tilesInLegend(
  given: TileInput,
  legend: readonly LegendClass[],
): Pick<MatchedClasses, "findings"> & { readonly tiles: TileInput } {
  const { codes, findings } = matchClasses(given.legend, legend);
  if (areSame(codes)) return { findings, tiles: given };
  const sharesOf = (shares: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(shares).map(([code, share]) => [codes.get(Number(code)) ?? code, share]));
  const tiles = given.tiles.map((tile) => ({ ...tile, shares: sharesOf(tile.shares) }));
  return { findings, tiles: { legend: recoded(given.legend, codes), tiles } };
}
