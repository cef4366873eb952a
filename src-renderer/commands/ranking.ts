import { plain } from "../i18n/plain.ts";

/**
 * How well `text` answers `query`: 0 is not at all. Every word of the query must be found; the start of the text counts
 * most, then the start of a word, then letters in order.
 */
export function score(query: string, text: string): number {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const target = plain(text);
  let total = 1;
  for (const word of words) {
    const at = target.indexOf(word);
    if (at === 0) total += 100;
    else if (at > 0) total += /[\s(:’'-]/.test(target[at - 1]!) ? 60 : 25;
    else {
      const spread = lettersInOrder(word, target);
      if (spread === null) return 0;
      total += Math.max(1, 12 - spread);
    }
  }
  return total - target.length / 1000;
}

/** How far apart the letters of `word` lie in `target`; `null` when they are not all there in order. */
function lettersInOrder(word: string, target: string): number | null {
  let at = -1;
  let first = -1;
  for (const letter of word) {
    at = target.indexOf(letter, at + 1);
    if (at < 0) return null;
    if (first < 0) first = at;
  }
  return at - first - word.length + 1;
}
