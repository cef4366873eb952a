import { expect, test } from "vitest";
import { ranOut } from "./ran-out.ts";

test("a lack of memory is told by signals, and by exit codes where there are none", () => {
  for (const end of [{ signal: "SIGABRT" }, { code: 134 }, { code: 5, signal: null }, { code: 0xc0000409 }, { code: 0xc0000409 | 0 }] as const) // biome-ignore format: one list
    expect([end, ranOut(end)]).toEqual([end, true]);
  for (const end of [{}, { signal: "SIGKILL" }, { signal: "SIGSEGV" }, { code: 1 }, { code: 0xc0000005 }, { code: null, signal: null }] as const) // biome-ignore format: one list
    expect([end, ranOut(end)]).toEqual([end, false]);
});
