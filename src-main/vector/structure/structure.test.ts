import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Because, because } from "../../../src-shared/errors/reasons/index.ts";
import { zipOf } from "../../files/index.ts";
import { parseXml } from "../../raster/xml.ts";
import { openFeatures } from "../formats/read.ts";
import { jsonCheck } from "./json.ts";
import { type StructureCheck, StructureProblem } from "./problem.ts";
import { checkStructure } from "./structure.ts";
import { xmlCheck } from "./xml.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-structure-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** Numbers that depend on their seed alone (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let a = seed;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** Pushes a text in pieces of random lengths: what is said must not depend on where they end. */
function passes(check: StructureCheck, text: Buffer, below: (below: number) => number): boolean {
  try {
    for (let at = 0; at < text.length; ) {
      const next = Math.min(text.length, at + 1 + below(7));
      check.push(text.subarray(at, next));
      at = next;
    }
    check.end();
    return true;
  } catch (error) {
    if (error instanceof StructureProblem) return false;
    throw error;
  }
}

const jsons = [
  '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":-0.5e-7,"ü":"\\u00e9\\n"},"geometry":null}]}',
  '[1,0,-0,1.5,10E+2,true,false,null,"",[],{},[[]],{"a":{"b":[1,{"c":2}]}}]',
  ' \t\r\n{ "a" : [ 1 , 2 ] } \n',
  "3",
  '"text"',
];
const signs = ['"', "\\", "{", "}", "[", "]", ",", ":", "0", "1", "-", ".", "e", "t", " ", "\n", "\u0001", "u"];

test("the check of JSON says of 20,000 damaged texts what JSON.parse says", () => {
  const below = numbers(7);
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    let text = jsons[below(jsons.length)]!;
    for (let k = below(3); k > 0; k--) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + (below(2) ? signs[below(signs.length)]! : "") + text.slice(at + below(2));
    }
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
      refused++;
    }
    expect([text, passes(jsonCheck(), Buffer.from(text), below)]).toEqual([text, valid]);
  }
  expect(refused).toBeGreaterThan(5000);
});

test("the check of XML passes what is read whole, and refuses tags that do not close each other", () => {
  const below = numbers(3);
  const whole = `<?xml version="1.0"?><!-- a > b --><kml xmlns:g='x"y>'><Document a="1>2"><![CDATA[<no>&]]><g:a/><b>t</b></Document></kml>\n<!-- end -->`;
  const limits = { depth: 20, items: 100 };
  for (let i = 0; i < 3000; i++) {
    const at = below(whole.length);
    const [gone, more] = [below(3), below(2) ? "<>/!-a"[below(6)]! : ""];
    // A quote in a name is no XML, and read all the same.
    if (/["'=]/.test(whole.slice(at, at + gone))) continue;
    const text = i === 0 ? whole : whole.slice(0, at) + more + whole.slice(at + gone);
    let read = true;
    try {
      parseXml(text, { strict: true, limits });
    } catch {
      read = false;
    }
    // It looks at tags alone: it may pass what the reader refuses, and never the other way round.
    if (read) expect([text, passes(xmlCheck(limits), Buffer.from(text), below)]).toEqual([text, true]);
  }
  for (const [text, problem] of [
    ["<a><b></a>", /does not close/],
    ["<a>", /is not closed/],
    ["<a></a><b/>", /two root/],
    ["<a></a>x", /outside of its root/],
    [`${"<a>".repeat(30)}`, /nested more than 20/],
    [`<a>${"<b/>".repeat(200)}</a>`, /more than 100/],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a/>', /entities of its own/],
    ["<a><!-- ", /ends inside a comment/],
  ] as const) {
    const check = xmlCheck(limits);
    expect(() => {
      check.push(Buffer.from(text));
      check.end();
    }).toThrow(problem);
  }
});

const problemOf = (path: string) =>
  checkStructure(path, 448, { features: {} }).then(
    () => "passed",
    (error: { code: string; details: { problem?: Because } }) =>
      `${error.code}: ${because(error.details.problem ?? "")}`,
  );
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(room, name), content);
  return join(room, name);
};
const feature = '{"type":"Feature","properties":{"class":"a"},"geometry":{"type":"Point","coordinates":[4.01,51.02]}}';

test("a file that broke off, that is no text, or that holds nothing but brackets is refused before it is held", async () => {
  const good = `{"type":"FeatureCollection","features":[${Array(20_000).fill(feature).join()}]}`;
  const path = file("good.geojson", good);
  expect(await problemOf(path)).toBe("passed");
  truncateSync(path, good.length - 100);
  expect(await problemOf(path)).toMatch(/broke off/);
  expect(await problemOf(file("shapes.geojson", `{"features":[${"[{}],".repeat(5000)}[]]}`))).toMatch(
    /no GeoJSON Features/,
  );
  const lists = `{"type":"Feature","geometry":null,"properties":{"a":[${"[{}],".repeat(2_000_000)}1]}}`;
  expect(await problemOf(file("lists.geojson", lists))).toMatch(/far more lists and objects/);
  expect(await problemOf(file("page.kml", `<html>${" ".repeat(2_000_000)}</html>`))).toMatch(/broke off/);
  expect(await problemOf(file("page2.kml", "<html></html>"))).toMatch(/^vector-unknown-format/);
  expect(await problemOf(file("line.csv", "a".repeat(17 * 2 ** 20)))).toMatch(/^table-unreadable: its first line/);
  expect(
    await problemOf(file("noise.csv", Buffer.concat([Buffer.from("lon,lat\n"), Buffer.alloc(17 * 2 ** 20)]))),
  ).toMatch(/not a text/);
});

test("an archive is looked through while it unfolds, and what passes is what comes out", async () => {
  const zeros = Buffer.alloc(30 * 2 ** 20);
  expect(await problemOf(file("zeros.zip", zipOf([{ name: "a.geojson", bytes: zeros }])))).toMatch(
    /there is no value at byte 1/,
  );
  expect(await problemOf(file("zerog.zip", zipOf([{ name: "a.gpkg", bytes: zeros }])))).toMatch(
    /does not begin like a GeoPackage/,
  );
  const good = Buffer.from(`{"type":"FeatureCollection","features":[${feature}]}`);
  const archive = zipOf([{ name: "a.geojson", bytes: good }]);
  const path = file("good.zip", archive);
  expect(await problemOf(path)).toBe("passed");
  expect([...(await openFeatures(path)).features]).toHaveLength(1);
  const damaged = Buffer.from(archive);
  damaged[40] = damaged[40]! ^ 255;
  expect(await problemOf(file("damaged.zip", damaged))).toMatch(/^vector-damaged/);
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good.toString(), "utf16le")]);
  expect(await problemOf(file("wide.geojson", wide))).toBe("passed");
});
