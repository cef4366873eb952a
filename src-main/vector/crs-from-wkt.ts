import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Crs } from "../../src-shared/geo/crs.ts";

/**
 * The EPSG code of a well-known text, where there is one. A text that carries its code is believed. The dialect of .prj
 * files carries none and has its own names, so the numbers (ellipsoid and projection parameters) are compared with the
 * EPSG list, and the words of the names decide between systems with equal numbers. Without a match the text itself is the CRS.
 */
export function crsFromWkt(text: string): Crs {
  const wkt = text.trim();
  let root: Node;
  try {
    root = parseWkt(wkt);
  } catch {
    return wkt;
  }
  const own = root.children.find(({ keyword }) => keyword === "AUTHORITY" || keyword === "ID");
  if (own && /^EPSG$/i.test(own.values[0] ?? "")) return `EPSG:${own.values[1]}`;
  const wanted = numbersOf(root);
  if (!wanted) return wkt;
  const words = wordsOf(root);
  let best: { readonly code: string; readonly score: number } | undefined;
  for (const { code, numbers, words: theirs } of index()) {
    if (!sameNumbers(wanted, numbers)) continue;
    const score = similarity(words, theirs);
    if (score > 0 && (!best || score > best.score)) best = { code, score };
  }
  return best ? `EPSG:${best.code}` : wkt;
}

interface Node {
  readonly keyword: string;
  /** quoted words and bare numbers, in order */
  readonly values: readonly string[];
  readonly children: readonly Node[];
}

/** `KEYWORD["word", number, CHILD[...]]`, with square or round brackets. */
function parseWkt(text: string): Node {
  const tokens = text.match(/"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*|[-+.0-9][-+.0-9eE]*|[[\](),]/g) ?? [];
  let at = 0;
  const node = (): Node => {
    const keyword = tokens[at++]!.toUpperCase();
    const values: string[] = [];
    const children: Node[] = [];
    if (tokens[at] !== "[" && tokens[at] !== "(") throw new Error(`WKT: bracket expected after ${keyword}`);
    do {
      at++;
      const token = tokens[at];
      if (token === undefined) throw new Error("WKT ends early");
      if (token.startsWith('"')) {
        values.push(token.slice(1, -1));
        at++;
      } else if (tokens[at + 1] === "[" || tokens[at + 1] === "(") {
        children.push(node());
      } else {
        values.push(token);
        at++;
      }
    } while (tokens[at] === ",");
    at++;
    return { keyword, values, children };
  };
  return node();
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

const child = (node: Node, ...keywords: string[]): Node | undefined =>
  node.children.find(({ keyword }) => keywords.includes(keyword));

function numbersOf(root: Node): Numbers | undefined {
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
function familyOf(name: string, root: Node): string {
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
function wordsOf(root: Node): ReadonlySet<string> {
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
    const file = createRequire(import.meta.url).resolve("epsg-index/all.json");
    const rows = JSON.parse(readFileSync(file, "utf8")) as Readonly<
      Record<string, { readonly code: string; readonly kind: string; readonly wkt: string | null }>
    >;
    entries = Object.values(rows).flatMap(({ code, kind, wkt }) => {
      if (!wkt || (kind !== "CRS-PROJCRS" && kind !== "CRS-GEOGCRS")) return [];
      const root = parseWkt(wkt);
      const numbers = numbersOf(root);
      return numbers ? [{ code, numbers, words: wordsOf(root) }] : [];
    });
  }
  return entries;
}
