/**
 * Test files of `src-main`, `src-shared` and `e2e` share a process. This runs with each of them: one that leaves the process other
 * than it found it fails, because the next file would depend on it. Such a file belongs to the project “apart” (`.vitest.config.ts`).
 */
import { afterAll, expect, vi } from "vitest";

const processState = () => ({
  env: { ...process.env },
  folder: process.cwd(),
  umask: process.umask(),
  // Vitest and packages keep their own under names that begin with two underscores.
  globals: Object.keys(Object.getOwnPropertyDescriptors(globalThis)).filter((name) => !name.startsWith("__")),
  fakeTimers: vi.isFakeTimers(),
});

const found = processState();
afterAll(() => {
  expect(processState(), "this file leaves the process it shares with others as it found it").toEqual(found);
});
