import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sentences } from "./index.ts";

test("no two slices of the error table have the same code", async () => {
  const slices = readdirSync(import.meta.dirname).filter((name) => /^(?!index\.).*(?<!\.test)\.ts$/.test(name));
  const codes: string[] = [];
  for (const slice of slices) {
    const module: Readonly<Record<string, object>> = await import(join(import.meta.dirname, slice));
    codes.push(...Object.values(module).flatMap((table) => Object.keys(table)));
  }
  expect(codes.sort()).toEqual(Object.keys(sentences).sort());
});
