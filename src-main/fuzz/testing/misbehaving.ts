import type { FuzzKind } from "../kind.ts";

/** A reader with every fault that the harness must see; the first byte of a case says which. */
export const kind: FuzzKind = {
  name: "misbehaving",
  seeds: async () => [{ name: "one", files: { "a.bin": new Uint8Array(16) } }],
  mutate: (_seed, random) => ({ "a.bin": random.bytes(16) }),
  async read(folder) {
    const { readFileSync } = await import("node:fs");
    const { join } = await import("node:path");
    const { AppError } = await import("../../../src-shared/errors/index.ts");
    const path = join(folder, "a.bin");
    const fault = readFileSync(path)[0]! % 8;
    if (fault === 0) return;
    if (fault === 1) throw new AppError("raster-missing", { path });
    if (fault === 2) throw new RangeError("Invalid array length");
    if (fault === 3) throw new AppError("raster-damaged", { path, reason: "TypeError: x is not a function" });
    if (fault === 4) for (;;);
    if (fault === 5) process.exit(7);
    if (fault === 6) {
      const held = Array.from({ length: 20 }, () => new Uint8Array(2 ** 25).fill(1));
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (held.length > 0) return;
    }
    setTimeout(() => Promise.reject(new Error("stray")), 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
  },
};
