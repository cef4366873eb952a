import { join } from "node:path";
import { expect, test } from "vitest";
import { settingsFolder } from "./settings-folder.ts";

test("settings lie where each system keeps them, or where the person says", () => {
  const home = "/home/ada";
  expect(settingsFolder("linux", {}, home)).toBe(join(home, ".config", "omnisat-desktop"));
  expect(settingsFolder("linux", { XDG_CONFIG_HOME: "/data/config" }, home)).toBe(
    join("/data/config", "omnisat-desktop"),
  );
  expect(settingsFolder("darwin", {}, home)).toBe(join(home, "Library", "Application Support", "OmniSat Desktop"));
  expect(settingsFolder("win32", { APPDATA: "/roaming" }, home)).toBe(join("/roaming", "OmniSat Desktop"));
  expect(settingsFolder("win32", { OMNISAT_SETTINGS: "/elsewhere" }, home)).toBe("/elsewhere");
});
