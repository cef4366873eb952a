import { plain } from "../../i18n/plain.ts";
import type { Chapter } from "./markdown.ts";

/** A place of the guide that holds what was looked for. */
export interface Hit {
  readonly chapter: Chapter;
  /** the line around the first find, with where the words begin and end */
  readonly line: string;
  readonly from: number;
  readonly to: number;
}

/** Chapters that hold every word of the query, those with it in their title first. */
export function search(chapters: readonly Chapter[], query: string): readonly Hit[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const longest = words.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return [];
  return chapters
    .filter((chapter) => words.every((word) => plain(chapter.text).includes(word)))
    .toSorted((a, b) => Number(plain(b.title).includes(longest)) - Number(plain(a.title).includes(longest)))
    .map((chapter) => excerpt(chapter, longest));
}

function excerpt(chapter: Chapter, word: string): Hit {
  const lines = chapter.text.split("\n");
  const line = lines.slice(1).find((one) => foldedIndex(one, word) >= 0) ?? lines[0]!;
  const at = Math.max(0, foldedIndex(line, word));
  // Begin and end between words.
  const start = at <= 48 ? 0 : line.indexOf(" ", at - 48) + 1;
  const end = line.length <= at + 90 ? line.length : Math.max(at + word.length, line.lastIndexOf(" ", at + 90));
  const [before, after] = [start > 0 ? "… " : "", end < line.length ? " …" : ""];
  const from = at - start + before.length;
  return { chapter, line: `${before}${line.slice(start, end)}${after}`, from, to: from + word.length };
}

/** Where a plain word begins in a text with accents: one letter of ours is one letter of the text. */
function foldedIndex(text: string, word: string): number {
  return [...text]
    .map((letter) => plain(letter).at(0) ?? letter)
    .join("")
    .indexOf(word);
}
