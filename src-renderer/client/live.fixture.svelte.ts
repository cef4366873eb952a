/** `$effect.root` for tests in plain TypeScript. */
export const root = (work: () => undefined | (() => void)): (() => void) => $effect.root(work);
