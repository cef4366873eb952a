import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { withheldFolder } from "../../catalog/paths.ts";
import { shippedModels } from "./shipped.ts";

test("an encoder that cannot be tried because files lie outside says where they lie, and not by which name that is kept", async () => {
  const catalog = { modalities: { list: () => [] } } as unknown as Catalog;
  const models = join(import.meta.dirname, "../../../models");
  const paths = [`/${withheldFolder}/photos/image.tif`];
  const found = await shippedModels(catalog, models, () => Promise.reject(new AppError("project-rasters-missing", { paths }))); // biome-ignore format: one call
  expect(found.length).toBeGreaterThan(0);
  for (const { why } of found) {
    expect(why).toMatchObject({ code: "path-withheld" });
    expect(why!.message).toContain("/photos");
    expect(why!.message).not.toContain(withheldFolder);
  }
});
