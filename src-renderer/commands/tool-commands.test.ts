import "../map/dom.fixture.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mapView } from "../map/index.ts";
import { openLabels } from "../map/labels.fixture.ts";
import { MapUnderTest } from "../map/map.fixture.ts";
import type { Mode } from "../map/tools/modes.ts";
import { factsOf, modes } from "../map/tools/modes.ts";
import { type Command, possible } from "../state/commands.ts";
import { docks, labelDrawing } from "../state/index.ts";
import { commands } from "./index.ts";

vi.mock("../client/bridge.ts", async () => (await import("../map/program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
let close: () => void;
beforeEach(async () => {
  vi.useFakeTimers();
  map = new MapUnderTest();
  mapView.attach(map.map, null);
  ({ stop: close } = await openLabels());
  docks.layout.left.open = false;
});
afterEach(() => {
  mapView.tool = "pan";
  mapView.attach(null, null);
  close();
  map.dispose();
});

const command = (id: string): Command => commands.find((one) => one.id === id)!;

test("every label mode has a command of its name, which takes the tool and puts it away again", async () => {
  const labelModes = (Object.keys(modes) as Mode[]).filter((mode) => factsOf(mode).family === "labels");
  expect(labelModes.length).toBeGreaterThan(5);
  for (const mode of labelModes) {
    expect(possible(command(mode))).toBe(true);
    await command(mode).run();
    expect(mapView.tool).toBe(mode);
    await command(mode).run();
    expect(mapView.tool).toBe("pan");
  }
});

test("measuring is put away by its own command, inspecting stays until another tool is taken", async () => {
  for (const [id, mode] of [
    ["map.measureLength", "measure-length"],
    ["map.measureArea", "measure-area"],
  ] as const) {
    await command(id).run();
    expect(mapView.tool).toBe(mode);
    await command(id).run();
    expect(mapView.tool).toBe("pan");
  }
  await command("map.inspect").run();
  await command("map.inspect").run();
  expect(mapView.tool).toBe("inspect");
  await command("map.pan").run();
  expect(mapView.tool).toBe("pan");
});

test("number keys mean classes while a label tool is in hand or the panel is open, and not while one measures", async () => {
  const second = command("labels.class2");
  expect(second.shortcut).toBe("2");
  mapView.tool = "measure-area";
  expect(possible(second)).toBe(false);
  mapView.tool = "labels.polygon";
  expect(possible(second)).toBe(true);
  await second.run();
  expect(labelDrawing.code).toBe(2);
  mapView.tool = "pan";
  expect(possible(second)).toBe(false);
});
