/** `$effect.root` for tests in plain TypeScript. */
export const root = (work: () => void): (() => void) => $effect.root(work);
