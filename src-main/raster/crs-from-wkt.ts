import type { Crs } from "../../src-shared/geo/crs.ts";
import { hasDefinition, sameCrs, sameProjection } from "./crs.ts";
import { everyListRow } from "./epsg-list.ts";
import { CrsProblem } from "./projection.ts";
import { childOf as child, horizontalPart, ownCode, parseWkt, projOfWkt, type WktNode } from "./wkt.ts";

/**
 * The EPSG code of a well-known text, where there is one. A text that carries its code is taken by its code. The dialect of .prj
 * files carries none and has its own names, so the numbers (ellipsoid and projection parameters) are compared with the
 * EPSG list, and the words of the names decide between systems with equal numbers; what is found must then be the same
 * projection in every parameter. A text with a datum shift of its own, or with a datum that has no name, is only the system of a code
 * when it lies in the same place. Without a match the text itself is the CRS.
 */
export function crsFromWkt(text: string): Crs {
  const wkt = text.trim();
  let root: WktNode;
  let definition: string;
  try {
    root = parseWkt(wkt);
    const own = ownCode(root) ?? ownCode(horizontalPart(root).node);
    if (own !== undefined && hasDefinition(`EPSG:${own}`)) return `EPSG:${own}`;
    definition = projOfWkt(root);
    root = horizontalPart(root).node;
  } catch (error) {
    if (error instanceof CrsProblem) return wkt;
    throw error;
  }
  const wanted = numbersOf(root);
  if (!wanted) return wkt;
  const words = wordsOf(root);
  const candidates = index()
    .filter(({ numbers }) => sameNumbers(wanted, numbers))
    .map(({ code, words: theirs }) => ({ code, score: similarity(words, theirs) }))
    .filter(({ score }) => score > 0)
    .sort((p, q) => q.score - p.score);
  const same = datumOf(root) === "of its own" ? sameCrs : sameProjection;
  const found = candidates.find(({ code }) => same(`EPSG:${code}`, definition));
  return found ? `EPSG:${found.code}` : wkt;
}

function datumOf(root: WktNode): "named" | "of its own" {
  const datum = child(root.keyword === "GEOGCS" ? root : child(root, "GEOGCS"), "DATUM");
  const nameless = /^(d_)?(unknown|unnamed|custom|user|not[ _]specified|undefined)/i.test(datum?.values[0] ?? "");
  return nameless || child(datum, "TOWGS84") ? "of its own" : "named";
}

interface Numbers {
  readonly projection: string;
  readonly semiMajor: number;
  readonly inverseFlattening: number;
  readonly unit: number;
  readonly meridian: number;
  /** distinct parameter values apart from 0 and 1, ascending: the dialects differ in names and in which defaults they write */
  readonly parameters: readonly number[];
}

function numbersOf(root: WktNode): Numbers | undefined {
  const geographic = root.keyword === "GEOGCS" ? root : child(root, "GEOGCS");
  const datum = geographic && child(geographic, "DATUM");
  const spheroid = datum && child(datum, "SPHEROID");
  if (!spheroid || (root.keyword !== "GEOGCS" && root.keyword !== "PROJCS")) return undefined;
  const projection =
    root.keyword === "GEOGCS" ? "geographic" : familyOf(child(root, "PROJECTION")?.values[0] ?? "", root);
  const parameters = root.children
    .filter(({ keyword, values }) => keyword === "PARAMETER" && !/auxiliary_sphere_type/i.test(values[0] ?? ""))
    .map(({ values }) => Number(values[1]))
    .filter((value) => value !== 0 && value !== 1);
  return {
    projection,
    semiMajor: Number(spheroid.values[1]),
    inverseFlattening: Number(spheroid.values[2]),
    unit: root.keyword === "GEOGCS" ? 1 : Number(child(root, "UNIT")?.values[1] ?? 1),
    meridian: Number(child(geographic, "PRIMEM")?.values[1] ?? 0),
    parameters: [...new Set(parameters)].sort((p, q) => p - q),
  };
}

/** One word per projection, whatever the dialect calls it. */
function familyOf(name: string, root: WktNode): string {
  const word = name.toLowerCase().replace(/[^a-z]/g, "");
  if (
    root.children.some(({ keyword, values }) => keyword === "EXTENSION" && /\+nadgrids=@null/.test(values[1] ?? ""))
  ) {
    return "webmercator";
  }
  if (word === "mercatorauxiliarysphere") return "webmercator";
  if (word.startsWith("lambertconformalconic")) return "lambertconformalconic";
  if (word.startsWith("albers")) return "albers";
  if (word.startsWith("mercator")) return "mercator";
  if (word === "gausskruger") return "transversemercator";
  if (word === "doublestereographic" || word === "obliquestereographic") return "obliquestereographic";
  if (word.startsWith("hotineobliquemercator") || word.startsWith("rectifiedskew")) return "hotine";
  return word;
}

const close = (p: number, q: number, relative = 1e-9): boolean =>
  Math.abs(p - q) <= relative * Math.max(1, Math.abs(p), Math.abs(q));

function sameNumbers(p: Numbers, q: Numbers): boolean {
  return (
    p.projection === q.projection &&
    close(p.semiMajor, q.semiMajor) &&
    close(p.inverseFlattening, q.inverseFlattening, 1e-7) &&
    close(p.unit, q.unit) &&
    close(p.meridian, q.meridian) &&
    p.parameters.length === q.parameters.length &&
    p.parameters.every((value, i) => close(value, q.parameters[i]!))
  );
}

/** Names of one datum in the dialects: what .prj files write → what the EPSG list writes. */
const aliases: readonly (readonly [RegExp, string])[] = [
  [/north american( datum)?/g, "nad"],
  [/european( datum)? (19)?50/g, "ed 50"],
  [/\bbelge( lambert)?\b/g, "bd belgian$1"],
  [/\bhpgn\b/g, "harn"],
];

/** The words of the system's and its datum's names: years in two digits, letters apart from digits. */
function wordsOf(root: WktNode): ReadonlySet<string> {
  const geographic = child(root, "GEOGCS");
  let text = [root.values[0], geographic?.values[0]]
    .join(" ")
    .toLowerCase()
    .replace(/\bgcs_/g, "")
    .replace(/[^a-z0-9+]+/g, " ")
    .replace(/([a-z])(\d)/g, "$1 $2")
    .replace(/(\d)([a-z])/g, "$1 $2")
    .replace(/\b(?:19)(\d\d)\b/g, "$1");
  for (const [pattern, replacement] of aliases) text = text.replace(pattern, replacement);
  return new Set(text.split(" ").filter((word) => word !== ""));
}

/** Common words over all words. */
function similarity(p: ReadonlySet<string>, q: ReadonlySet<string>): number {
  const common = [...p].filter((word) => q.has(word)).length;
  return common / (p.size + q.size - common);
}

interface IndexEntry {
  readonly code: string;
  readonly numbers: Numbers;
  readonly words: ReadonlySet<string>;
}

let entries: readonly IndexEntry[] | undefined;

/** The EPSG list, parsed once and only when a text without a code is met (about a quarter of a second). */
function index(): readonly IndexEntry[] {
  if (!entries) {
    entries = everyListRow().flatMap(({ code, kind, wkt }) => {
      if (!wkt || (kind !== "CRS-PROJCRS" && kind !== "CRS-GEOGCRS")) return [];
      const root = parseWkt(wkt);
      const numbers = numbersOf(root);
      return numbers ? [{ code, numbers, words: wordsOf(root) }] : [];
    });
  }
  return entries;
}
