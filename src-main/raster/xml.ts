import { type Because, ReasonedError, reason } from "../../src-shared/errors/reasons/index.ts";

// XML from untrusted files: one pass from left to right, no entities of the file's own, no DTD, and limits on length, depth and
// number of items. Used for GDAL's metadata, KML, QGIS styles and SLD. A tree of our own and not xmldom's or fast-xml-parser's:
// both build the whole document before anybody can count it, and neither can hand out a large KML placemark by placemark.

/** What is wrong with a text, in words that follow a colon. */
export class XmlProblem extends ReasonedError {}

export interface XmlElement {
  /** with its prefix, as written: see `localName` */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** character data of this element alone, without that of its children */
  readonly text: string;
}

export interface XmlLimits {
  /** characters */
  readonly length?: number;
  /** elements inside one another */
  readonly depth?: number;
  /** elements and attributes together */
  readonly items?: number;
}

const usual: Required<XmlLimits> = { length: 1 << 24, depth: 128, items: 300_000 };

export interface XmlOptions {
  readonly limits?: XmlLimits;
  /** refuses what is not well-formed; else unclosed elements end with their parent, as metadata in the wild has it */
  readonly strict?: boolean;
}

export interface XmlHandlers {
  open(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close(name: string): void;
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The five entities of XML itself and numbered characters; all others stay as they are written. */
export function unescaped(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[0-9a-f]{1,8}|#\d{1,8}|\w{1,8});/gi, (whole, body: string) => {
    if (body.startsWith("#")) {
      const code = /^#x/i.test(body) ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1));
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }
    return Object.hasOwn(entities, body) ? entities[body]! : whole;
  });
}

/** Text that is safe inside an element, or an attribute in double quotes. Characters that XML 1.0 cannot hold become a blank. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/**
 * The text of an XML file: by its byte order mark, else by the encoding that its first line names, else UTF-8.
 * @throws XmlProblem when the encoding is not known
 */
export function decodeXml(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0 && second === 0x3c) return new TextDecoder("utf-16be").decode(bytes);
  if (first === 0x3c && second === 0) return new TextDecoder("utf-16le").decode(bytes);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString("latin1");
  const named = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(head)?.[1];
  try {
    // UTF-16 without the bytes to show for it is a mistake of the writer.
    return new TextDecoder(named && !/^utf-?16/i.test(named) ? named : "utf-8").decode(bytes);
  } catch {
    throw new XmlProblem(reason("text-encoding-not-known", { named: named ?? "" }));
  }
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
const isNameEnd = (code: number): boolean =>
  Number.isNaN(code) || isSpace(code) || code === 47 || code === 62 || code === 61 || code === 60;
const isNameStart = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code === 58 || code > 127;

/**
 * Walks `source` once from left to right and calls `handlers` with what is there; every element that is opened is closed.
 * @throws XmlProblem past a limit, at entities of the file's own, and, when strict, at what is not well-formed
 */
export function scanXml(source: string, handlers: XmlHandlers, options: XmlOptions = {}): void {
  const { length, depth, items } = { ...usual, ...options.limits };
  const strict = options.strict ?? false;
  if (source.length > length)
    throw new XmlProblem(reason("characters-most-read", { length: source.length, length2: length }));
  const names: string[] = [];
  let count = 0;
  let roots = 0;
  const counted = (): void => {
    if (++count > items) throw new XmlProblem(reason("more-elements-attributes", { items }));
  };
  const malformed = (problem: Because): void => {
    if (strict) throw new XmlProblem(problem);
  };
  const text = (from: number, to: number, raw = false): void => {
    if (to <= from) return;
    if (names.length > 0) handlers.text?.(raw ? source.slice(from, to) : unescaped(source.slice(from, to)));
    else if (strict && /[^\s\uFEFF]/.test(source.slice(from, Math.min(to, from + 64))))
      throw new XmlProblem(reason("text-outside-root-element"));
  };
  const close = (): void => handlers.close(names.pop()!);

  let at = 0;
  while (at < source.length) {
    const tag = source.indexOf("<", at);
    text(at, tag < 0 ? source.length : tag);
    if (tag < 0) break;
    const next = source.charCodeAt(tag + 1);
    if (next === 33 || next === 63) {
      at = afterMarkup(source, tag, (from, to) => text(from, to, true));
      if (at < 0) {
        malformed(reason("ends-inside-comment-or-declaration"));
        break;
      }
    } else if (next === 47) {
      const end = source.indexOf(">", tag);
      if (end < 0) {
        malformed(reason("ends-inside-tag"));
        break;
      }
      const name = source.slice(tag + 2, Math.min(end, tag + 1026)).trim();
      at = end + 1;
      if (names.at(-1) === name) close();
      else {
        malformed(
          reason("does-not-close", {
            name: name.slice(0, 40),
            value: names.length ? `“<${names.at(-1)!.slice(0, 40)}>”` : "anything",
          }),
        );
        // The depth is limited, so this search is short.
        const open = names.lastIndexOf(name);
        if (open >= 0) while (names.length > open) close();
      }
    } else if (isNameStart(next)) {
      const read = startTag(source, tag, counted, malformed);
      if (!read) {
        malformed(reason("ends-inside-tag"));
        break;
      }
      counted();
      at = read.end;
      if (names.length === 0 && ++roots > 1) malformed(reason("two-root-elements"));
      if (names.length >= depth) throw new XmlProblem(reason("elements-nested-more-deep", { depth }));
      names.push(read.name);
      handlers.open(read.name, read.attributes);
      if (read.empty) close();
    } else {
      malformed(reason("begins-no-tag"));
      at = tag + 1;
    }
  }
  if (roots === 0) malformed(reason("no-root-element"));
  if (names.length > 0) malformed(reason("not-closed", { names: names.at(-1)!.slice(0, 40) }));
  while (names.length > 0) close();
}

/** The place behind a comment, CDATA section, instruction or DOCTYPE that begins at `tag`; -1 when it has no end. */
function afterMarkup(source: string, tag: number, cdata: (from: number, to: number) => void): number {
  const behind = (mark: string, from: number) => {
    const end = source.indexOf(mark, from);
    return end < 0 ? -1 : end + mark.length;
  };
  if (source.startsWith("<!--", tag)) return behind("-->", tag + 4);
  if (source.startsWith("<?", tag)) return behind("?>", tag + 2);
  if (source.startsWith("<![CDATA[", tag)) {
    const end = behind("]]>", tag + 9);
    cdata(tag + 9, end < 0 ? source.length : end - 3);
    return end;
  }
  // QGIS names a DOCTYPE; one with declarations of its own is never needed, and entity expansion attacks need one.
  for (let at = tag + 2; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 62) return at + 1;
    if (code === 91) throw new XmlProblem(reason("declares-entities-own-not-expanded"));
    if (code === 34 || code === 39) {
      at = source.indexOf(source[at]!, at + 1);
      if (at < 0) return -1;
    }
  }
  return -1;
}

interface StartTag {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly empty: boolean;
  readonly end: number;
}

/** `undefined` when the text ends before the tag does. */
function startTag(
  source: string,
  tag: number,
  counted: () => void,
  malformed: (problem: Because) => void,
): StartTag | undefined {
  let at = tag + 1;
  const word = (): string => {
    const from = at;
    while (!isNameEnd(source.charCodeAt(at))) at++;
    return source.slice(from, at);
  };
  const spaces = (): void => {
    while (isSpace(source.charCodeAt(at))) at++;
  };
  const name = word();
  // Without a prototype: `__proto__` is a name like any other.
  const attributes = Object.create(null) as Record<string, string>;
  while (at < source.length) {
    spaces();
    const code = source.charCodeAt(at);
    if (code === 62) return { name, attributes, empty: false, end: at + 1 };
    if (code === 47 && source.charCodeAt(at + 1) === 62) return { name, attributes, empty: true, end: at + 2 };
    if (code === 60) {
      malformed(reason("holds-another", { name: name.slice(0, 40) }));
      return { name, attributes, empty: false, end: at };
    }
    const key = word();
    if (key === "") {
      malformed(reason("attribute-without-name", { name: name.slice(0, 40) }));
      at++;
      continue;
    }
    counted();
    spaces();
    if (source.charCodeAt(at) !== 61) {
      malformed(reason("attribute-no-value", { key: key.slice(0, 40) }));
      continue;
    }
    at++;
    spaces();
    const quote = source[at];
    if (quote !== '"' && quote !== "'") {
      malformed(reason("value-not-quotes", { key: key.slice(0, 40) }));
      word();
      continue;
    }
    const end = source.indexOf(quote, at + 1);
    if (end < 0) return undefined;
    if (key in attributes) malformed(reason("twice", { name: name.slice(0, 40), key: key.slice(0, 40) }));
    attributes[key] = unescaped(source.slice(at + 1, end));
    at = end + 1;
  }
  return undefined;
}

type Open = { name: string; attributes: Record<string, string>; children: Open[]; text: string };

/** Builds the elements of a scan: feed it `open`, `text` and `close`; `root` is the first whole element. */
export class XmlBuilder {
  readonly #stack: Open[] = [];
  root: XmlElement | undefined;

  /** true while an element is open */
  get building(): boolean {
    return this.#stack.length > 0;
  }

  open(name: string, attributes: Record<string, string>): void {
    const element: Open = { name, attributes, children: [], text: "" };
    this.#stack.at(-1)?.children.push(element);
    this.#stack.push(element);
  }

  text(text: string): void {
    const element = this.#stack.at(-1);
    if (element) element.text += text;
  }

  close(): void {
    const element = this.#stack.pop()!;
    if (this.#stack.length === 0) this.root ??= element;
  }
}

/**
 * The root element, or `undefined` when `source` is not XML.
 * @throws XmlProblem as `scanXml`
 */
export function parseXml(source: string, options: XmlOptions = {}): XmlElement | undefined {
  const builder = new XmlBuilder();
  scanXml(
    source,
    {
      open: (name, attributes) => builder.open(name, attributes),
      text: (text) => builder.text(text),
      close: () => builder.close(),
    },
    options,
  );
  return builder.root;
}

/** A name without its prefix: `gx:Track` is a `Track`. */
export const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

export const childrenNamed = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

export const childText = (element: XmlElement | undefined, name: string): string | undefined =>
  childrenNamed(element, name)[0]?.text;

/** Every element below `root` whose local name is `name`, in the order of the file. */
export function descendantsNamed(root: XmlElement, name: string): XmlElement[] {
  const found: XmlElement[] = [];
  const stack = [...root.children].reverse();
  for (let element = stack.pop(); element; element = stack.pop()) {
    if (localName(element.name) === name) found.push(element);
    for (let i = element.children.length - 1; i >= 0; i--) stack.push(element.children[i]!);
  }
  return found;
}

/** All character data of an element and of what is in it. */
export function textWithin(element: XmlElement): string {
  return element.children.length === 0 ? element.text : element.text + element.children.map(textWithin).join("");
}
