import { expect, test } from "vitest";
import { stopSignals } from "./stop-signals.ts";

test("closing the console ends a job in order on Windows; elsewhere a job under nohup goes on", () => {
  expect([...stopSignals("win32").keys()]).toEqual(["SIGTERM", "SIGHUP", "SIGBREAK"]);
  for (const platform of ["linux", "darwin"] as const) expect([...stopSignals(platform).keys()]).toEqual(["SIGTERM"]);
});
