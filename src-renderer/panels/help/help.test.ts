import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { chapters, parse } from "./markdown.ts";
import { search } from "./search.ts";

const guide = (language: string) =>
  readFileSync(resolve(import.meta.dirname, `../../../resources/guide/${language}.md`), "utf8");
const [english, french] = ["en", "fr"].map((language) => chapters(parse(guide(language)))) as [
  ReturnType<typeof chapters>,
  ReturnType<typeof chapters>,
];

test("the guide reads as headings, lists, tables, notes, pictures and keys", () => {
  expect(
    parse(
      "## A\n\nText with `Ctrl+K` and **words**.\n\n1. one\n2. *two*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![Seen](../x/y.png)",
    ),
  ).toMatchObject([
    { kind: "heading", level: 2, id: "a", text: "A" },
    {
      kind: "paragraph",
      lines: [
        [
          { text: "Text with " },
          { kind: "code", text: "Ctrl+K" },
          { text: " and " },
          { kind: "strong" },
          { text: "." },
        ],
      ],
    },
    { kind: "list", ordered: true, items: [[{ text: "one" }], [{ kind: "emphasis", text: "two" }]] },
    { kind: "table", head: [[{ text: "a" }], [{ text: "b" }]], rows: [[[{ text: "1" }], [{ text: "2" }]]] },
    { kind: "picture", name: "y.png", text: "Seen" },
  ]);
});

test("both languages have the same chapters, pictures and length of lists", () => {
  const shape = (pages: typeof english) =>
    pages.map(({ blocks }) =>
      blocks.map((one) => (one.kind === "picture" ? one.name : one.kind === "list" ? one.items.length : one.kind)),
    );
  expect(shape(french)).toEqual(shape(english));
});

test("search finds words without their accents, titles first, with the line around them", () => {
  const [first] = search(french, "etiquettes");
  expect(first?.chapter.title).toBe("Étiquettes");
  const [hit] = search(english, "half a pixel");
  expect(hit?.chapter.title).toBe("Alignment");
  expect(hit?.line.slice(hit.from, hit.to)).toBe("pixel");
  expect(search(english, "xyzzy")).toEqual([]);
});
