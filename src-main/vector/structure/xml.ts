// The tags of an XML text in pieces: whether they close each other, how deep and how many they are. What is inside a tag, `scanXml` reads.
import { type Reason, reason } from "../../../src-shared/errors/reasons/index.ts";
import { localName } from "../../raster/xml.ts";
import { type StructureCheck, StructureProblem, TooManyParts } from "./problem.ts";

/** Bytes that an element or an attribute takes in memory at least, beside its text. */
const bytesOfItem = 160;

export interface XmlCheckLimits {
  readonly depth: number;
  /** elements and attributes together */
  readonly items: number;
  /** the local name that the root element must have */
  readonly root?: string;
  /** MiB that what is read may take in memory */
  readonly mebibytes?: number;
}

/** No tag that is read is longer. */
const longestTag = 1 << 20;

const ends: readonly (readonly [begin: string, end: string, what: string])[] = [
  ["<!--", "-->", "a comment"],
  ["<![CDATA[", "]]>", "a CDATA section"],
  ["<?", "?>", "an instruction"],
];

/** Checks the bytes of an XML text whose encoding has ASCII's signs (UTF-8, ISO 8859 …). */
export function xmlCheck({
  depth,
  items: mostItems,
  root,
  mebibytes = Number.POSITIVE_INFINITY,
}: XmlCheckLimits): StructureCheck {
  const names: string[] = [];
  let rest = "";
  let bytesSeen = 0;
  let items = 0;
  let roots = 0;
  /** what ends the comment, section or instruction that the text stands in */
  let until: readonly [string, string] | undefined;

  const refuse = (problem: Reason): never => {
    throw new StructureProblem(reason("not-well-formed", { problem }));
  };
  const held = () => (items * bytesOfItem + bytesSeen * 3) / 2 ** 20;
  const outside = (source: string, from: number, to: number): void => {
    // Byte order marks are read as three letters here.
    if (names.length === 0 && /[^\s\uFEFF\u00ef\u00bb\u00bf]/.test(source.slice(from, Math.min(to, from + 4096))))
      refuse(reason("text-outside-root-element"));
  };
  const counted = (): void => {
    if (++items > mostItems) throw new StructureProblem(reason("more-elements-attributes-6", { mostItems }));
  };

  /** Deals with what is whole in `source`; gives the place from which more is needed. */
  const walk = (source: string, last: boolean): number => {
    let at = 0;
    while (at < source.length) {
      if (until) {
        const end = source.indexOf(until[0], at);
        if (end < 0)
          return last
            ? refuse(reason("ends-inside", { until: until[1] }))
            : Math.max(at, source.length - until[0].length);
        at = end + until[0].length;
        until = undefined;
      }
      const tag = source.indexOf("<", at);
      outside(source, at, tag < 0 ? source.length : tag);
      if (tag < 0) return source.length;
      // The longest beginning of a section has nine letters.
      if (source.length - tag < 9 && !last && /^<[!?]/.test(source.slice(tag))) return tag;
      const section = ends.find(([begin]) => source.startsWith(begin, tag));
      if (section) {
        until = [section[1], section[2]];
        at = tag + section[0].length;
        continue;
      }
      const end = endOfTag(source, tag);
      if (end < 0) {
        if (last) refuse(reason("ends-inside-tag"));
        if (source.length - tag > longestTag) refuse(reason("tag-longer-1-mib"));
        return tag;
      }
      at = end + 1;
      deal(source.slice(tag, at));
    }
    return source.length;
  };

  const deal = (tag: string): void => {
    if (tag.startsWith("<!")) {
      if (tag.includes("[")) throw new StructureProblem(reason("declares-entities-own-not-expanded"));
      return;
    }
    if (tag[1] === "/") {
      const name = tag.slice(2, -1).trim();
      if (names.pop() !== name) refuse(reason("does-not-close-what-open", { name: name.slice(0, 40) }));
      return;
    }
    const name = nameIn(tag);
    if (name === "") throw new StructureProblem(reason("not-well-formed-begins-no"));
    counted();
    for (let quote = tag.indexOf("="); quote >= 0; quote = tag.indexOf("=", quote + 1)) counted();
    if (names.length === 0) {
      if (++roots > 1) refuse(reason("two-root-elements"));
      if (root !== undefined && localName(name) !== root)
        throw new WrongRoot(`the root element is <${name.slice(0, 40)}>`);
    }
    if (tag.at(-2) === "/") return;
    if (names.length >= depth) throw new StructureProblem(reason("elements-nested-more-deep", { depth }));
    names.push(name);
  };

  return {
    push(bytes) {
      bytesSeen += bytes.length;
      const source = rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
      rest = source.slice(walk(source, false));
      if (held() > mebibytes) throw new TooManyParts(Math.ceil(held()));
    },
    end() {
      walk(rest, true);
      if (roots === 0) refuse(reason("no-root-element"));
      if (names.length > 0) refuse(reason("not-closed", { names: names.at(-1)!.slice(0, 40) }));
    },
    get mebibytes() {
      return held();
    },
  };
}

/** The letters behind “<”. */
function nameIn(tag: string): string {
  let end = 1;
  for (; end < tag.length; end++) {
    const code = tag.charCodeAt(end);
    if (code <= 32 || code === 47 || code === 62 || code === 61 || code === 60) break;
  }
  return tag.slice(1, end);
}

/** XML, of another kind. */
export class WrongRoot extends StructureProblem {}

/** The “>” of a tag; one in quotes is none. -1 when the text ends before it. */
function endOfTag(source: string, tag: number): number {
  let from = tag + 1;
  for (;;) {
    const end = source.indexOf(">", from);
    if (end < 0) return -1;
    // As a rule no quote is open: their number up to here is even.
    let quote = firstQuote(source, from, end);
    while (quote >= 0) {
      const close = source.indexOf(source[quote]!, quote + 1);
      if (close < 0) return -1;
      from = close + 1;
      if (close > end) break;
      quote = firstQuote(source, from, end);
    }
    if (quote < 0) return end;
  }
}

function firstQuote(source: string, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const code = source.charCodeAt(i);
    if (code === 34 || code === 39) return i;
  }
  return -1;
}
