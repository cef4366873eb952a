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
