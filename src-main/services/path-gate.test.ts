import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { Application } from "./app/application.ts";
import { filePath, liesWithin, withinRoots } from "./path-gate.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-gate-"));
const allowed = join(room, "allowed");
const secret = join(room, "secret");
mkdirSync(join(allowed, "below"), { recursive: true });
mkdirSync(secret);
writeFileSync(join(secret, "key.tif"), "");
for (const folder of [secret, allowed]) writeFileSync(join(folder, "model.json"), "{}");
symlinkSync(secret, join(allowed, "way-out"));
symlinkSync(join(secret, "new.tif"), join(allowed, "dangling.tif"));
symlinkSync(join(allowed, "round"), join(allowed, "round"));
symlinkSync(allowed, join(room, "alias"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("only what lies below an allowed folder is allowed, and a link counts as where it leads", () => {
  const verdicts = Object.fromEntries(
    [
      "allowed",
      "allowed/below/not/there/yet.tif",
      "allowed/model.json/in/an/archive.tif",
      "alias/below/x.tif",
      "allowed/../secret/key.tif",
      "allowed/way-out/key.tif",
      "allowed/dangling.tif",
      "allowed-not/x.tif",
      "secret",
    ].map((path) => [path, liesWithin(`${room}/${path}`, [allowed])]),
  );
  expect(verdicts).toEqual({
    allowed: true,
    "allowed/below/not/there/yet.tif": true,
    "allowed/model.json/in/an/archive.tif": true,
    "alias/below/x.tif": true,
    "allowed/../secret/key.tif": false,
    "allowed/way-out/key.tif": false,
    "allowed/dangling.tif": false,
    "allowed-not/x.tif": false,
    secret: false,
  });
  expect(liesWithin(`${allowed}/\0/../../secret`, [allowed])).toBe(false);
  expect(liesWithin(join(allowed, "round"), [allowed])).toBe(true);
  expect(liesWithin("/anywhere", ["/"])).toBe(true);
});

test("a schema refuses with the sentence, wherever the path is in the request, and only inside the gate", () => {
  const schema = z.strictObject({
    paths: z.array(filePath),
    area: z.union([z.strictObject({ like: filePath }), z.null()]),
  });
  const bad = { paths: [allowed], area: { like: secret } };
  expect(schema.safeParse(bad).success).toBe(true);
  expect(() => withinRoots([allowed], () => schema.safeParse(bad))).toThrow(
    expect.objectContaining({ code: "path-not-allowed" }),
  );
  expect(withinRoots([allowed], () => schema.safeParse({ paths: [join(allowed, "a.tif")], area: null })).success).toBe(
    true,
  );
});

/** Every string that a schema accepts, with the names that lead to it. */
function* strings(
  schema: z.core.$ZodType,
  at: readonly string[] = [],
): Generator<{ readonly at: readonly string[]; readonly checked: boolean }> {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  const inner = def as {
    shape?: Record<string, z.core.$ZodType>;
    element?: z.core.$ZodType;
    innerType?: z.core.$ZodType;
    options?: z.core.$ZodType[];
    items?: z.core.$ZodType[];
    valueType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    left?: z.core.$ZodType;
    right?: z.core.$ZodType;
    getter?: () => z.core.$ZodType;
  };
  if (def.type === "string") yield { at, checked: (schema as z.ZodType).meta()?.filePath === true };
  for (const [name, field] of Object.entries(inner.shape ?? {})) yield* strings(field, [...at, name]);
  const below = [
    inner.element,
    inner.innerType,
    inner.valueType,
    inner.in,
    inner.left,
    inner.right,
    ...(inner.options ?? []),
    ...(inner.items ?? []),
  ];
  for (const part of below) if (part) yield* strings(part, at);
}

/** Names that mean a file or a folder; what is called so and is none is listed with its reason. */
const pathLike =
  /^(.*path|.*paths|.*folder|.*folders|.*files?|like|from|to|source|target|destination|output|image|document)$/i;
const noPaths: Readonly<Record<string, string>> = {
  "rasters.relink from": "compared with the paths in the catalog, never opened",
  "runs.finetune from": "a name, or a folder that `chooseModel` judges",
  "tiles.finetune from": "a name, or a folder that `chooseModel` judges",
  "runs.estimate from": "a name, or a folder that `chooseModel` judges",
  "models.rename to": "the new name; its folder keeps its own",
  "legends.create classes.source": "a class code of the source",
  "legends.updateClass source": "a class code of the source",
};

test("every path of every command goes through the gate", async () => {
  const folder = join(allowed, "project");
  const application = new Application({
    kind: "web",
    appVersion: "0.0.0",
    settingsFolder: join(room, "settings"),
    sampleFolder: null,
    runJob: () => Promise.reject(new Error("no job runs here")),
    device: () => Promise.reject(new Error("no device here")),
    roots: [allowed],
  });
  const session = application.openSession(() => {});
  await session.invoke("project.create", {
    folder,
    area: { crs: "EPSG:32631", bounds: { minX: 500000, minY: 5600000, maxX: 501000, maxY: 5601000 } },
  });
  const commands = Object.entries(session.commands);
  expect(commands.length).toBeGreaterThan(50);
  const escapes: string[] = [];
  for (const [name, command] of commands) {
    const { schema } = command as { schema?: z.ZodType };
    if (!schema) escapes.push(`${name} has no schema: make it with validated()`);
    else
      for (const { at, checked } of strings(schema)) {
        const label = `${name} ${at.join(".")}`;
        if (pathLike.test(at.at(-1) ?? "") && !checked && !(label in noPaths)) escapes.push(`${label}: use filePath`);
      }
  }
  expect(escapes).toEqual([]);
  await expect(session.invoke("files.list", { folder: secret })).rejects.toMatchObject({ code: "path-not-allowed" });
  await expect(session.invoke("files.list", { folder: join(allowed, "way-out") })).rejects.toMatchObject({
    code: "path-not-allowed",
  });
  await expect(session.invoke("rasters.import", { paths: [join(secret, "key.tif")] })).rejects.toMatchObject({
    code: "path-not-allowed",
  });
  expect(await session.invoke("files.list", { folder: allowed })).toMatchObject({ parent: null });
  // A model may be named by its folder: one out of reach is no model, and nothing says whether it is there.
  for (const at of [secret, join(allowed, "way-out"), join(secret, "nowhere")])
    await expect(session.invoke("models.inputs", { name: at })).rejects.toMatchObject({ code: "model-not-found" });
  await expect(session.invoke("models.inputs", { name: allowed })).rejects.toMatchObject({ code: "model-unreadable" });
  await application.close();
});
