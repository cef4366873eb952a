import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { createCatalog, projectFileName } from "../../catalog/index.ts";
import { onReadingCost } from "../../vector/index.ts";
import { projectFolders } from "./projects.ts";
import { TrustedFolders } from "./trusted-folders.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-project-check-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = {
  geobox: { crs: "EPSG:32631", width: 80, height: 80, affine: { a: 570_000, b: 10, c: 0, d: 5_630_000, e: 0, f: -10 } },
  patchMeters: 10,
  tilePatches: 8,
};
const made = (name: string): string => {
  const folder = join(room, name);
  createCatalog(folder, { name, grid }, { purpose: "a test", appVersion: "0" }).close();
  return folder;
};
const changed = (folder: string, work: (database: DatabaseSync) => void): string => {
  const database = new DatabaseSync(join(folder, projectFileName));
  work(database);
  database.close();
  return folder;
};
const projects = projectFolders({ appVersion: "0", outside: new TrustedFolders(join(room, "settings")) });
const opened = async (folder: string) => (await projects["project.open"]({ folder, purpose: "a test" })).close();

test("a project of others is checked in a subprocess once, and again when another file lies in its place", async () => {
  const looked: string[] = [];
  const stop = onReadingCost((_, path) => looked.push(path));
  const folder = made("good");
  await opened(folder);
  await opened(folder);
  expect(looked).toEqual([join(folder, projectFileName)]);
  rmSync(join(folder, projectFileName));
  mkdirSync(join(room, "other"));
  copyFileSync(join(made("second"), projectFileName), join(folder, projectFileName));
  await opened(folder);
  expect(looked).toHaveLength(2);
  stop();
}, 60_000);

test("a project whose cells would fill the memory, or that is read without end, is refused and the program that opens it goes on", async () => {
  const bomb = changed(made("bomb"), (database) => {
    database.prepare("UPDATE project SET area_limit = ?").run(`[${"[{}],".repeat(1_500_000)}1]`);
  });
  await expect(opened(bomb)).rejects.toMatchObject({
    code: "project-damaged",
    details: { path: join(bomb, projectFileName), detail: { code: "holds-far-more-lists-objects" } },
    message: expect.stringMatching(/far more lists/),
  });
  // Checking its rows takes minutes, whatever the machine.
  const endless = changed(made("endless"), (database) => {
    database.exec("PRAGMA ignore_check_constraints = ON");
    database.exec("CREATE TABLE slow(value INTEGER CHECK (length(hex(zeroblob(4000000))) > value))");
    database.exec(
      "INSERT INTO slow WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) SELECT i FROM n",
    );
  });
  await expect(opened(endless)).rejects.toMatchObject({
    code: "project-damaged",
    details: { detail: { code: "reading-takes-too-long" } },
  });
}, 60_000);

test.runIf(process.platform !== "win32")(
  "what SQLite would open beside an untrusted database must be a plain file",
  async () => {
    const [linked, piped] = [made("linked"), made("piped")];
    symlinkSync(join(made("elsewhere"), projectFileName), join(linked, `${projectFileName}-wal`));
    execFileSync("mkfifo", [join(piped, `${projectFileName}-journal`)]);
    for (const [folder, ending] of [
      [linked, "-wal"],
      [piped, "-journal"],
    ] as const)
      await expect(opened(folder)).rejects.toMatchObject({
        code: "project-damaged",
        details: { detail: { code: "beside-no-plain-file", values: { projectFileName, ending } } },
      });
  },
);
