/**
 * Test files of the window share a process, not its state. Before each of them the page is empty again: globals are those of the
 * process's start, timers are real, and the window's modules are evaluated anew, with the mocks of this file alone.
 */
import { vi } from "vitest";

const atStart = Symbol.for("omnisat.globals-at-start");
const page = globalThis as typeof globalThis & { [atStart]?: ReadonlyMap<string, PropertyDescriptor> };

/** Globals that a test may have replaced; Vitest keeps its own under names that begin with two underscores. */
const globals = () =>
  Object.entries(Object.getOwnPropertyDescriptors(page)).filter(
    ([name, { configurable }]) => configurable && !name.startsWith("__"),
  );

vi.useRealTimers();
page[atStart] ??= new Map(globals());
const start = page[atStart];
for (const [name] of globals()) if (!start.has(name)) Reflect.deleteProperty(page, name);
for (const [name, descriptor] of start) Object.defineProperty(page, name, descriptor);
vi.resetModules();
