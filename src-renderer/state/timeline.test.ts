import { beforeEach, expect, test, vi } from "vitest";
import type { CloudShare } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { Compare } from "./compare.svelte.ts";
import { EditHistory } from "./history.svelte.ts";
import { Layers } from "./layers.svelte.ts";
import { MapActivity } from "./map-activity.svelte.ts";
import { acquisition, layer, newProgram, newWindow } from "./state.fixture.ts";
import { Timeline } from "./timeline.svelte.ts";

const dates = ["2019-04-01", "2019-04-06", "2019-04-11"] as const;
const clouds = (...shares: (number | null)[]): CloudShare[] =>
  shares.map((cloud, index) => ({ id: `s${index}`, cloud, data: 1 }));
const s2 = dates.map((date, index) => acquisition(`s${index}`, date));
const aerial = acquisition("plane", "2018-07-01", { sensor: "aerial", hasQuality: false });

const shown = (id: string, visible = true) => ({ id, position: null, visible, opacity: null, style: {} });

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("timeline.list", [aerial, ...s2])
    .on("timeline.clouds", clouds(0, 0.02, 0.8))
    .on("layers.display", [shown("group:sentinel-2"), shown("group:aerial")])
    .on("layers.setDisplay", undefined)
    .on(
      "layers.list",
      [aerial, ...s2].map(({ id, sensor, date }) => layer(`acquisition:${id}`, { kind: "acquisition", sensor, date })),
    );
});

async function begin() {
  const window = newWindow(program);
  const activity = new MapActivity();
  const layers = new Layers({ ...window, history: new EditHistory(window.client) });
  const timeline = new Timeline({ ...window, layers, activity });
  const compare = new Compare({ ...window, layers, timeline });
  await window.enter();
  return { ...window, activity, layers, timeline, compare };
}

test("a project opens with its latest clear picture, and nothing before the clouds are known", async () => {
  const late = program.late("timeline.clouds");
  const { timeline, layers } = await begin();
  expect([timeline.date, timeline.settled, layers.drawn]).toEqual([null, false, []]);
  await late.answer(clouds(0, 0.02, 0.8));
  expect([timeline.date, timeline.settled]).toEqual([dates[1], true]);
});

test("where the clouds take long the latest picture is shown meanwhile, and the clear one when they are known", async () => {
  const late = program.late("timeline.clouds");
  const { timeline } = await begin();
  await vi.advanceTimersByTimeAsync(5000);
  expect(timeline.date).toBe(dates[2]);
  await late.answer(clouds(0.01, 0.5, 0.8));
  expect(timeline.date).toBe(dates[0]);
});

test("a picture that covers only part of the area is not the clear one", async () => {
  program.on("timeline.clouds", [...clouds(0), { id: "s2", cloud: 0, data: 0.3 }]);
  const { timeline } = await begin();
  expect(timeline.date).toBe(dates[0]);
});

test("what a person chose is not changed by clouds that come late, and is kept with the project", async () => {
  const late = program.late("timeline.clouds");
  const { timeline } = await begin();
  timeline.go(dates[0]);
  await vi.advanceTimersByTimeAsync(6000);
  expect(timeline.date).toBe(dates[0]);
  timeline.go(dates[2]);
  await late.answer(clouds(0, 0, 0.9));
  await vi.advanceTimersByTimeAsync(500);
  expect(timeline.date).toBe(dates[2]);
  expect(program.requests("view.put").at(-1)).toEqual({
    key: "timeline",
    value: { date: dates[2], speed: 1, along: "all" },
  });
});

test("the kept date, speed and row come back, and only in their project", async () => {
  program.on("view.get", { date: dates[0], speed: 4, along: "aerial" });
  const { timeline, leave, enter } = await begin();
  expect([timeline.date, timeline.speed, timeline.along]).toEqual([dates[0], 4, "aerial"]);
  await leave();
  program.on("view.get", null);
  await enter("/projects/b");
  expect([timeline.date, timeline.speed, timeline.along]).toEqual([dates[1], 1, "all"]);
});

test("images that were added show the clear picture among all of them, until a person has chosen", async () => {
  const { timeline } = await begin();
  const added = acquisition("new", "2019-05-01");
  program.on("timeline.list", [aerial, ...s2, added]);
  program.on("timeline.clouds", [...clouds(0, 0, 0.8), { id: "new", cloud: 0, data: 1 }]);
  await program.changed("acquisitions");
  expect(timeline.date).toBe("2019-05-01");
  timeline.go(dates[0]);
  program.on("timeline.list", [aerial, ...s2]);
  await program.changed("acquisitions");
  expect(timeline.date).toBe(dates[0]);
});

test("a sensor shows the picture of the day, else the last before it, else its first", async () => {
  const { timeline, layers } = await begin();
  timeline.go("2019-04-08");
  expect(timeline.visibleAcquisition("sentinel-2")?.date).toBe(dates[1]);
  timeline.go("2019-01-01");
  expect(timeline.visibleAcquisition("sentinel-2")?.date).toBe(dates[0]);
  expect(timeline.visibleAcquisition("sentinel-1")).toBeNull();
  expect(layers.shownOf("sentinel-2", layers.slot("group:sentinel-2")!.members)).toBe("acquisition:s0");
});

test("stepping goes along all days or one row, and stays at the ends", async () => {
  const { timeline } = await begin();
  expect(timeline.dates).toEqual(["2018-07-01", ...dates]);
  timeline.go("2019-04-08");
  timeline.step(1);
  expect(timeline.date).toBe(dates[2]);
  timeline.step(1);
  expect(timeline.date).toBe(dates[2]);
  timeline.go("2019-04-08");
  timeline.step(-1);
  expect(timeline.date).toBe(dates[1]);
  timeline.step(-9);
  expect(timeline.date).toBe("2018-07-01");
  timeline.along = "sentinel-2";
  timeline.step(1);
  expect(timeline.date).toBe(dates[0]);
  timeline.last();
  expect(timeline.date).toBe(dates[2]);
  timeline.first();
  expect(timeline.date).toBe(dates[0]);
  expect(timeline.nearest(Date.parse("2019-04-09T00:00:00Z"))).toBe(dates[2]);
  expect(timeline.nearest(Date.parse("2019-04-08T00:00:00Z"))).toBe(dates[1]);
});

test("stepping passes over days of hidden sensors, unless their row was chosen or none is seen", async () => {
  const radar = acquisition("radar", "2019-04-02", { sensor: "sentinel-1", hasQuality: false });
  const entries = [aerial, s2[0]!, radar, s2[1]!, s2[2]!];
  program.on("timeline.list", entries).on(
    "layers.list",
    entries.map(({ id, sensor, date }) => layer(`acquisition:${id}`, { kind: "acquisition", sensor, date })),
  );
  const hide = (...ids: string[]) =>
    ["aerial", "sentinel-2", "sentinel-1"].map((id) => shown(`group:${id}`, !ids.includes(id)));
  program.on("layers.display", hide("aerial", "sentinel-1"));
  const { timeline } = await begin();
  timeline.go(dates[0]);
  timeline.step(1);
  expect(timeline.date).toBe(dates[1]);
  timeline.first();
  expect(timeline.date).toBe(dates[0]);
  timeline.along = "sentinel-1";
  timeline.step(1);
  expect(timeline.date).toBe("2019-04-02");
  timeline.along = "all";
  program.on("layers.display", hide("aerial", "sentinel-2", "sentinel-1"));
  await program.changed("layers");
  expect(timeline.stops).toEqual(timeline.dates);
});

test("playing shows every day, waits for tiles that are on their way but not for ever, and ends at the last", async () => {
  const { timeline, activity } = await begin();
  timeline.go(dates[2]);
  timeline.play();
  expect([timeline.playing, timeline.date]).toEqual([true, "2018-07-01"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(timeline.date).toBe(dates[0]);
  activity.loading = 3;
  await vi.advanceTimersByTimeAsync(3000);
  expect(timeline.date).toBe(dates[0]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(timeline.date).toBe(dates[1]);
  activity.loading = 0;
  await vi.advanceTimersByTimeAsync(5000);
  expect([timeline.date, timeline.playing]).toEqual([dates[2], false]);
});

test("playing ends with the project", async () => {
  const { timeline, leave } = await begin();
  timeline.play();
  await leave();
  await vi.advanceTimersByTimeAsync(5000);
  expect([timeline.playing, timeline.date]).toEqual([false, null]);
});

test("a comparison begins with what is on the map and the clear date of its sensor before it", async () => {
  program.on("timeline.clouds", clouds(0, 0.9, 0.01));
  program.on("layers.display", [shown("group:aerial", false), shown("group:sentinel-2")]);
  const { compare } = await begin();
  compare.toggle("swipe");
  expect([compare.mode, compare.a, compare.b]).toEqual(["swipe", "acquisition:s2", "acquisition:s0"]);
  compare.swap();
  compare.toggle("swipe");
  expect([compare.mode, compare.a, compare.b]).toEqual(["off", "acquisition:s0", "acquisition:s2"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(program.requests("view.put").at(-1)).toMatchObject({
    key: "compare",
    value: { mode: "off", a: "acquisition:s0", b: "acquisition:s2" },
  });
});

test("a comparison that begins before the clouds are known gives up a cloudy date when they are, but not a person's", async () => {
  program.on("layers.display", [shown("group:aerial", false), shown("group:sentinel-2")]);
  program.on("view.get", ({ key }) => (key === "timeline" ? { date: dates[2], speed: 1, along: "all" } : null));
  const late = program.late("timeline.clouds");
  const { compare } = await begin();
  compare.toggle("swipe");
  expect([compare.a, compare.b]).toEqual(["acquisition:s2", "acquisition:s1"]);
  await late.answer(clouds(0, 0.9, 0.01));
  expect(compare.b).toBe("acquisition:s0");
  program.on("timeline.clouds", clouds(0.9, 0, 0));
  await program.changed("acquisitions");
  expect(compare.b).toBe("acquisition:s0");
});

test("where no date of a sensor is clear the least cloudy one is compared; beside a map what lies under it", async () => {
  program.on("layers.display", [shown("group:aerial", false), shown("group:sentinel-2")]);
  program.on("view.get", ({ key }) => (key === "timeline" ? { date: dates[2], speed: 1, along: "all" } : null));
  program.on("timeline.clouds", [...clouds(0.4, 0.3), { id: "s2", cloud: 0, data: 1 }]);
  const { compare, layers } = await begin();
  compare.toggle("swipe");
  expect([compare.a, compare.b]).toEqual(["acquisition:s2", "acquisition:s1"]);
  compare.set("off");
  compare.a = compare.b = null;
  // A clear picture of a part of the area hides more than a thin veil over all of it.
  program.on("timeline.clouds", [{ id: "s0", cloud: 0, data: 0.2 }, ...clouds(0, 0.3, 0).slice(1)]);
  await program.changed("acquisitions");
  compare.toggle("swipe");
  expect(compare.b).toBe("acquisition:s1");
  compare.set("off");
  compare.a = compare.b = null;
  program.on("layers.list", [
    layer("acquisition:plane", { kind: "acquisition", sensor: "aerial", date: "2018-07-01" }),
    ...s2.map(({ id, date }) => layer(`acquisition:${id}`, { kind: "acquisition", sensor: "sentinel-2", date })),
    layer("map:1", { kind: "map" }),
  ]);
  await program.changed("maps");
  expect(layers.drawn.at(-1)?.id).toBe("map:1");
  compare.toggle("swipe");
  expect([compare.a, compare.b]).toEqual(["map:1", "acquisition:s2"]);
});

test("a comparison with a picture that was removed begins anew", async () => {
  const { compare } = await begin();
  compare.a = "acquisition:gone";
  compare.b = "acquisition:s0";
  compare.set("blink");
  expect(compare.choices.map(({ id }) => id)).toContain(compare.a);
  expect(compare.b).toBe("acquisition:s0");
});

test("switching pictures by hand stops the automatic blinking, and starts the comparison where there is none", async () => {
  const { compare } = await begin();
  compare.show("b");
  expect([compare.mode, compare.interval, compare.shown]).toEqual(["blink", 0, "b"]);
  compare.set("swipe");
  expect(compare.shown).toBe("a");
});

test("how two pictures were compared comes back with the project, but nothing is compared by itself", async () => {
  const { compare, leave, enter } = await begin();
  await leave();
  const late = program.late("view.get");
  await enter("/projects/b");
  const kept = {
    mode: "swipe",
    a: "acquisition:s0",
    b: null,
    position: 0.3,
    vertical: false,
    radius: 90,
    interval: 400,
  };
  for (const _ of late.waiting) await late.answer(kept);
  await settle();
  expect([compare.mode, compare.a, compare.position, compare.vertical]).toEqual(["off", "acquisition:s0", 0.3, false]);
});
