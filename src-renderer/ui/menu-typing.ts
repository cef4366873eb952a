/**
 * Which line typed letters lead to: the next one (the present one included while a word grows) that begins with them, or has a word
 * that does, so that “12” finds “Place 12 · 3 ha”; what follows a middle dot is no name. −1: none.
 */
export function lineTyped(texts: readonly string[], at: number, typed: string): number {
  const wanted = typed.toLowerCase();
  const from = typed.length > 1 ? Math.max(0, at) : at + 1;
  const order = texts.map((_, i) => (from + i) % texts.length);
  const begins = (text: string) => text.trim().toLowerCase().startsWith(wanted);
  const whole = order.find((i) => begins(texts[i]!));
  if (whole !== undefined) return whole;
  const words = (i: number) => texts[i]!.split("·")[0]!.split(/\s+/);
  // A number that is typed whole goes before those that begin with it.
  return (
    order.find((i) => words(i).some((word) => word.toLowerCase() === wanted)) ??
    order.find((i) => words(i).some(begins)) ??
    -1
  );
}

/** So many lines a list that is searched shows at most; the more is typed, the fewer are left. */
export const mostFound = 500;

/**
 * The lines that a search in a menu leaves, the nearest first: a word of the name (what stands before a middle dot) that is the
 * text, then one that begins with it, then any line that holds all of the words.
 */
export function linesFound(texts: readonly string[], text: string): number[] {
  const plain = (from: string) => from.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const wanted = plain(text).trim().split(/\s+/).filter(Boolean);
  const rank = (line: string): number => {
    const words = line.split("·")[0]!.split(/\s+/);
    if (wanted.every((word) => words.includes(word))) return 0;
    if (wanted.every((word) => words.some((own) => own.startsWith(word)))) return 1;
    return wanted.every((word) => line.includes(word)) ? 2 : 3;
  };
  const ranks = texts.map((line) => rank(plain(line)));
  return [0, 1, 2].flatMap((wantedRank) => ranks.flatMap((own, i) => (own === wantedRank ? [i] : [])));
}
