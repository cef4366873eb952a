import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  childrenNamed,
  childText,
  decodeXml,
  descendantsNamed,
  escapeXml,
  parseXml,
  scanXml,
  type XmlElement,
  XmlProblem,
} from "./xml.ts";

test("elements, attributes, text, CDATA and entities are read", () => {
  const root = parseXml(
    `<?xml version="1.0"?><!DOCTYPE qgis PUBLIC 'http://x/qgis.dtd' 'SYSTEM'><!-- <a> --><a x='1' y="&lt;&#65;&#x42;"><b>c &amp; d</b><![CDATA[<raw>]]><b/></a>`,
    { strict: true },
  )!;
  expect(root.name).toBe("a");
  expect({ ...root.attributes }).toEqual({ x: "1", y: "<AB" });
  expect(root.text).toBe("<raw>");
  expect(childrenNamed(root, "b").map(({ text }) => text)).toEqual(["c & d", ""]);
  expect(childText(root, "b")).toBe("c & d");
});

const plain = ({ name, attributes, children, text }: XmlElement): unknown => [
  name,
  { ...attributes },
  text,
  children.map(plain),
];

test("Python's parser finds the same elements in the same texts", () => {
  const word = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom(..."abcxyzé") });
  const content = fc.string({ maxLength: 8, unit: fc.constantFrom(..."ab &<>\"'é\n") });
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.tuple(
      word,
      fc.dictionary(word, content, { maxKeys: 3 }),
      content,
      fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie("tree"), { maxLength: 3 })),
    ),
  }));
  const written = (node: unknown): string => {
    const [name, attributes, text, children] = node as [string, Record<string, string>, string, unknown[]];
    const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value).replaceAll("\n", "&#10;")}"`); // biome-ignore format: one line
    return `<${name}${pairs.join("")}>${escapeXml(text)}${children.map(written).join("")}</${name}>`;
  };
  const samples = fc.sample(tree, { numRuns: 300, seed: 7 }).map(written);
  const program = `
import json, sys, xml.etree.ElementTree as E
def walk(e):
    return [e.tag, dict(e.attrib), (e.text or "") + "".join(c.tail or "" for c in e), [walk(c) for c in e]]
print(json.dumps([walk(E.fromstring(s)) for s in json.load(sys.stdin)]))`;
  const theirs = JSON.parse(
    execFileSync("python3", ["-c", program], { input: JSON.stringify(samples), encoding: "utf8" }),
  );
  expect(samples.map((sample) => plain(parseXml(sample, { strict: true })!))).toEqual(theirs);
});

test("an entity bomb is refused before anything is expanded, and unknown entities stay as they are", () => {
  const bomb = `<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;">]><a>&m;</a>`;
  expect(() => parseXml(bomb)).toThrow(/entities of its own/);
  expect(() => parseXml('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')).toThrow(XmlProblem);
  expect(parseXml("<a>&x; &constructor;</a>")?.text).toBe("&x; &constructor;");
});

test("length, depth and number of items have limits, whatever the writer repeats", () => {
  expect(() => parseXml("<a/>", { limits: { length: 3 } })).toThrow(/4 characters/);
  expect(() => parseXml("<a>".repeat(200))).toThrow(/nested more than 128/);
  expect(() => parseXml(`<a>${"<b/>".repeat(50)}</a>`, { limits: { items: 40 } })).toThrow(/more than 40/);
  expect(() => parseXml(`<a ${"b='1' ".repeat(50)}/>`, { limits: { items: 40 } })).toThrow(/more than 40/);
});

test("a megabyte of every mark that can be left open is read in one pass", () => {
  // Each of these took minutes with backtracking expressions; a pass over them is a few milliseconds.
  const marks = [
    "<!--",
    "<![CDATA[",
    "<?x ",
    "<a ",
    "</a ",
    "<a b='",
    "<!DOCTYPE '",
    "&#",
    "&x",
    "<",
    "<a b",
    "]]>",
    "<a b=1 ",
  ];
  for (const mark of marks) {
    const source = `<r>${mark.repeat(Math.ceil(1_000_000 / mark.length))}`;
    try {
      parseXml(source);
    } catch (error) {
      expect(error).toBeInstanceOf(XmlProblem);
    }
  }
});

test("damaged text never throws anything else, and every element that opens closes", () => {
  const piece = fc.constantFrom("<a>", "</a>", "<b x='1'>", "</b>", "<c", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "t", "'", '"', "=", "<!D", "[", "<?", "?>"); // biome-ignore format: one line
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, strict) => {
      let open = 0;
      const handlers = { open: () => void open++, close: () => void open-- };
      try {
        scanXml(pieces.join(""), handlers, { strict });
        expect(open).toBe(0);
      } catch (error) {
        expect(error).toBeInstanceOf(XmlProblem);
      }
    }),
    { numRuns: 2000, seed: 11 },
  );
});

test("strict reading says what is not well-formed; lenient reading keeps what is there", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["<a><b></a>", /“<\/a>” does not close “<b>”/],
    ["<a>", /“<a>” is not closed/],
    ["<a b></a>", /“b” has no value/],
    ["<a b=1></a>", /not in quotes/],
    ["<a/><b/>", /two root elements/],
    ["words", /outside of its root/],
    ["", /no root element/],
    ["<a", /inside a tag/],
    ["<a><!-- x", /inside a comment/],
  ];
  for (const [source, reason] of cases) {
    expect(() => parseXml(source, { strict: true })).toThrow(reason);
    expect(() => parseXml(source)).not.toThrow();
  }
  expect(parseXml("<a><b>1</a>")?.children[0]?.text).toBe("1");
});

test("byte order marks and named encodings are honoured", () => {
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>';
  expect(decodeXml(Buffer.from(text, "latin1"))).toContain("é");
  expect(decodeXml(Buffer.from("\uFEFF<a>é</a>", "utf16le"))).toContain("é");
  expect(decodeXml(Buffer.from("<a>é</a>"))).toContain("é");
  expect(() => decodeXml(Buffer.from('<?xml version="1.0" encoding="klingon"?><a/>'))).toThrow(/klingon/);
});

test("a name that is a property of every object is an attribute like others", () => {
  const root = parseXml('<a __proto__="1" constructor="2"><x:b/></a>')!;
  expect(Object.entries(root.attributes)[0]).toEqual(["__proto__", "1"]);
  expect(root.attributes.constructor).toBe("2");
  expect(descendantsNamed(root, "b")).toHaveLength(1);
});
