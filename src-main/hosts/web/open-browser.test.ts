import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hasScreen, openBrowser, openerOf } from "./open-browser.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-browser-"));
const path = process.env.PATH;
afterAll(() => {
  process.env.PATH = path;
  rmSync(room, { recursive: true, force: true });
});

test("a browser is opened where a person sits, not through SSH and not in CI", () => {
  expect(hasScreen("linux", { DISPLAY: ":0" })).toBe(true);
  expect(hasScreen("linux", { WAYLAND_DISPLAY: "wayland-0" })).toBe(true);
  expect(hasScreen("linux", {})).toBe(false);
  expect(hasScreen("darwin", {})).toBe(true);
  expect(hasScreen("darwin", { SSH_CONNECTION: "10.0.0.1 22" })).toBe(false);
  expect(hasScreen("linux", { DISPLAY: ":0", CI: "true" })).toBe(false);
  expect([openerOf("x", "darwin")[0], openerOf("x", "win32")[0], openerOf("x", "linux")[0]]).toEqual([
    "open",
    "rundll32",
    "xdg-open",
  ]);
});

test.skipIf(process.platform === "win32")(
  "the token is in a file that others cannot read, never on a command line",
  async () => {
    const seen = join(room, "seen");
    const opener = join(room, process.platform === "darwin" ? "open" : "xdg-open");
    writeFileSync(opener, `#!/bin/sh\necho "$@" > '${seen}'\nls -l "$(echo "$1" | sed 's#^file://##')" >> '${seen}'\n`);
    chmodSync(opener, 0o755);
    process.env.PATH = room + delimiter + path;
    const { opened, forget } = await openBrowser("http://127.0.0.1:8137/?token=sesame");
    expect(opened).toBe(true);
    const told = readFileSync(seen, "utf8");
    expect(told).toMatch(/^file:\/\/.*open\.html\n-rw-------/);
    expect(told).not.toContain("sesame");
    const page = new URL(told.split("\n")[0]!);
    expect(readFileSync(page, "utf8")).toContain('content="0;url=http://127.0.0.1:8137/?token=sesame"');
    forget();
    expect(() => readdirSync(new URL(".", page))).toThrow("ENOENT");
  },
);

test.skipIf(process.platform === "win32")("where there is no browser, that is said and not thrown", async () => {
  process.env.PATH = join(room, "nothing");
  const { opened, forget } = await openBrowser("http://127.0.0.1:8137/");
  expect(opened).toBe(false);
  forget();
});
