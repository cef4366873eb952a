import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { jsonLines, omnisat, sample, start } from "./omnisat.ts";

// `omnisat serve` as it is typed. What the browser then finds is in journeys/.
const room = mkdtempSync(join(tmpdir(), "omnisat-serve-"));
const allowed = join(room, "allowed");
mkdirSync(allowed);
process.env.OMNISAT_SETTINGS = join(room, "settings");
afterAll(() => rmSync(room, { recursive: true, force: true }));

const quiet = ["--no-open", "--allow", allowed];

test("it says where it is and what it may touch, and Ctrl+C ends it in order", async () => {
  const serving = start(["serve", ...quiet]);
  await serving.said(/Ctrl\+C ends it/);
  serving.child.kill("SIGINT");
  const { code, out } = await serving.ended;
  expect(code).toBe(0);
  expect(out).toMatch(/^OmniSat Desktop is served at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n/);
  expect(out).toContain(`Files: ${allowed}.`);
});

test("programs get the address as JSON, and the page answers there", async () => {
  const serving = start(["serve", "--json", ...quiet]);
  await serving.said(/"address"/);
  const [line] = jsonLines(serving.printed());
  expect(line).toMatchObject({ type: "result", command: "serve", allowed: [allowed] });
  const page = await fetch(String(line!.address));
  expect([page.status, page.headers.get("set-cookie")]).toEqual([200, expect.stringContaining("HttpOnly")]);
  serving.child.kill("SIGTERM");
  expect((await serving.ended).code).toBe(0);
});

test("a port that is taken, a folder that is not there, a project that is none, and a wrong port are sentences", async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
  const { port } = other.address() as { port: number };
  const taken = await omnisat("serve", "--port", String(port), ...quiet);
  other.close();
  expect(taken).toEqual({
    code: 1,
    out: "",
    err: `Port ${port} is used by another program. Choose another one with --port, or leave --port away to get a free one.\n`,
  });
  const nowhere = await omnisat("serve", "--no-open", "--allow", join(room, "nowhere"));
  expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining("does not exist")]);
  const none = await omnisat("serve", "--project", allowed, ...quiet);
  expect([none.code, none.err]).toEqual([1, expect.stringContaining(allowed)]);
  const wrong = await omnisat("serve", "--port", "70000", ...quiet);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("70000 is no port")]);
});

test("its help has examples", async () => {
  const { code, out } = await omnisat("serve", "--help");
  expect(code).toBe(0);
  expect(out).toContain("omnisat serve --port 8137 --allow /data/imagery,/data/projects --no-open");
  expect(out).toContain("ssh -L");
});

test("a project that was named is what the window shows first", async () => {
  const folder = join(allowed, "flanders");
  const made = await omnisat(
    "project",
    "create",
    folder,
    "--like",
    join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif"),
  );
  expect(made.code).toBe(0);
  writeFileSync(join(allowed, "note.txt"), "");
  const serving = start(["serve", "--project", folder, ...quiet]);
  await serving.said(/Ctrl\+C ends it/);
  serving.child.kill("SIGTERM");
  const { code, out } = await serving.ended;
  expect([code, out]).toEqual([0, expect.stringContaining(folder)]);
});
