/** The name that was probably meant, or `undefined` when nothing is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((p, q) => p.distance - q.distance);
  const best = ranked[0];
  // Up to a third of the letters may be wrong; the beginning of a name also matches.
  if (best && best.distance <= Math.max(1, Math.floor(word.length / 3))) return best.name;
  return word.length >= 2 ? names.find((name) => name.startsWith(word)) : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (restricted Damerau–Levenshtein). */
export function editDistance(p: string, q: string): number {
  const rows = Array.from({ length: p.length + 1 }, (_, i) =>
    Array.from({ length: q.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= p.length; i++) {
    for (let j = 1; j <= q.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (p[i - 1] === q[j - 1] ? 0 : 1);
      let least = Math.min(replaced, rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1);
      if (i > 1 && j > 1 && p[i - 1] === q[j - 2] && p[i - 2] === q[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  }
  return rows[p.length]![q.length]!;
}
