// State of a few lines each: what the window is, and which dialog is open.
import { beforeEach, expect, test, vi } from "vitest";
import type { DeviceReport, Settings } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { language } from "../i18n/index.ts";
import { notices } from "../ui/notices.svelte.ts";
import { Device } from "./device.svelte.ts";
import { Docks } from "./docks.svelte.ts";
import { LabelScreens } from "./label-screens.svelte.ts";
import { MapDialogs } from "./map-dialogs.svelte.ts";
import { MapPlan } from "./map-plan.svelte.ts";
import { Notifier } from "./notify.ts";
import { WindowOverlays } from "./overlays.svelte.ts";
import { ProjectSession } from "./session.svelte.ts";
import { SettingsState } from "./settings.svelte.ts";
import { StartScreen } from "./start.svelte.ts";
import { memoryStorage, newProgram, newWindow, project, some } from "./state.fixture.ts";
import { WorkDialogs } from "./work-dialogs.svelte.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram();
});

test("the machine is looked at once; where that failed, it is looked at again", async () => {
  const device = new Device(program.client);
  program.refuse("app.device", new Error("the driver crashed"));
  await device.load();
  expect([device.report, device.error]).toEqual([null, new Error("the driver crashed")]);
  program.on("app.device", some<DeviceReport>({ provider: "webgpu" }));
  await device.load();
  await device.load();
  expect([device.report?.provider, device.error]).toEqual(["webgpu", undefined]);
  expect(program.requests("app.device")).toHaveLength(2);
});

const docksOf = (narrow: boolean) => {
  const window = newWindow(program);
  return { ...window, docks: new Docks({ memory: window.memory, narrow: () => narrow }) };
};

test("a small window begins without the right dock, a large one with all", () => {
  const { left, right } = docksOf(true).docks.layout;
  expect([left.open, right.open]).toEqual([true, false]);
  expect(docksOf(false).docks.layout.right.open).toBe(true);
});

test("in a slim window, as at 200 %, one side's dock opens in place of the other's", () => {
  const { memory } = newWindow(program);
  const docks = new Docks({ memory, narrow: () => true, slim: () => true });
  const open = () => [docks.layout.left.open, docks.layout.right.open, docks.layout.bottom.open];
  docks.show("right", "train");
  expect(open()).toEqual([false, true, true]);
  docks.toggle("left");
  expect(open()).toEqual([true, false, true]);
  docks.show("bottom", "jobs");
  expect(open()).toEqual([true, false, true]);
});

test("all docks go away for more map, and come back as they were", () => {
  const { docks } = docksOf(false);
  docks.toggle("bottom");
  docks.toggleAll();
  expect([docks.away, Object.values(docks.layout).some(({ open }) => open)]).toEqual([true, false]);
  docks.toggleAll();
  expect([docks.layout.left.open, docks.layout.right.open, docks.layout.bottom.open]).toEqual([true, true, false]);
  docks.toggleAll();
  docks.show("bottom", "jobs");
  expect([docks.away, docks.layout.bottom.open, docks.layout.bottom.tab]).toEqual([false, true, "jobs"]);
});

test("the docks come back with their project; what a person moves meanwhile wins, and so does the newer project", async () => {
  const { docks, enter } = docksOf(false);
  await enter();
  const late = program.late("view.get");
  const loaded = docks.load();
  docks.toggle("left");
  await late.answer({ left: { open: true, size: 500, tab: "labels" } });
  await loaded;
  expect([docks.layout.left.open, docks.layout.left.tab]).toEqual([false, "layers"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(program.requests("view.put")[0]).toMatchObject({ key: "docks", value: { left: { open: false } } });

  void docks.load();
  void docks.load();
  await late.answer({ bottom: { open: false, size: 100, tab: "jobs" } }, 1);
  await late.answer({ bottom: { open: true, size: 500, tab: "charts" } });
  expect([docks.layout.bottom, docks.layout.left.open]).toEqual([{ open: false, size: 100, tab: "jobs" }, true]);
});

const saved: Settings = { language: "en", theme: "system", coordinates: "project", notifications: true };
function settingsOf() {
  const worn: string[] = [];
  let system = (_: boolean): void => undefined;
  const appearance = {
    followSystem: (told: (dark: boolean) => void) => {
      system = told;
      told(false);
    },
    wear: (theme: string) => void worn.push(theme),
  };
  return {
    settings: new SettingsState({ client: program.client, appearance }),
    worn,
    system: (dark: boolean) => system(dark),
  };
}

test("settings are applied at once, and taken back with a word when they cannot be kept", async () => {
  program.on("app.settings", saved);
  const { settings, worn } = settingsOf();
  await settings.load();
  const late = program.late("app.saveSettings");
  void settings.change({ theme: "dark", language: "fr" });
  await settle();
  expect([settings.dark, worn.at(-1), language.current]).toEqual([true, "dark", "fr"]);
  await late.fail(new Error("the disk is full"));
  expect([settings.value, worn.at(-1), language.current]).toEqual([saved, "system", "en"]);
  expect(notices.list.map(({ error }) => error)).toEqual([new Error("the disk is full")]);
});

test("an answer to an earlier change does not take back a later one", async () => {
  program.on("app.settings", saved);
  const { settings } = settingsOf();
  await settings.load();
  const late = program.late("app.saveSettings");
  void settings.change({ theme: "dark" });
  void settings.change({ notifications: false });
  await settle();
  await late.answer({ ...saved, theme: "dark" });
  expect(settings.value.notifications).toBe(false);
  await late.answer({ ...saved, theme: "dark", notifications: false });
  expect(settings.value).toEqual({ ...saved, theme: "dark", notifications: false });
});

test("the system's colours are followed while nothing else is chosen, and other windows' settings are", async () => {
  program.on("app.settings", saved);
  const { settings, system } = settingsOf();
  await settings.load();
  system(true);
  expect(settings.dark).toBe(true);
  program.on("app.settings", { ...saved, theme: "light" });
  program.announce("settings.changed", {});
  await settle();
  expect(settings.dark).toBe(false);
});

test("a window goes on after a reload in the project that its tab was in", async () => {
  const storage = memoryStorage();
  program.on("project.current", null).on("project.open", ({ folder }) => project(folder));
  const before = new ProjectSession({ client: program.client, storage });
  await before.resume();
  expect([before.view, before.ready, program.requests("project.open")]).toEqual(["start", true, []]);
  await before.open("/projects/a");
  const after = new ProjectSession({ client: program.client, storage });
  await after.resume();
  expect([after.folder, after.view]).toEqual(["/projects/a", "workspace"]);
  program.on("project.close", undefined);
  await after.close();
  const later = new ProjectSession({ client: program.client, storage });
  await later.resume();
  expect(later.project).toBeNull();
});

test("the form of a new project is over with the project: closing that one shows the recent ones", async () => {
  const { session, enter, leave } = newWindow(program);
  const start = new StartScreen(session);
  start.creating = true;
  await settle();
  expect(start.creating).toBe(true);
  await enter();
  await leave();
  expect(start.creating).toBe(false);
  // “New project” in an open one closes it first.
  await enter("/projects/b");
  await leave();
  start.creating = true;
  await settle();
  expect(start.creating).toBe(true);
});

test("a project that cannot be gone on with is said once, and not tried again at the next reload", async () => {
  const storage = memoryStorage();
  storage.setItem("omnisat.project", "/projects/gone");
  program.on("project.current", null).refuse("project.open", new Error("gone"));
  const first = new ProjectSession({ client: program.client, storage });
  await first.resume();
  expect([first.error, first.ready]).toEqual([new Error("gone"), true]);
  const second = new ProjectSession({ client: program.client, storage });
  await second.resume();
  expect(second.error).toBeUndefined();
});

test("after the program was restarted the project is opened again, once, unless it was left meanwhile", async () => {
  const { session, enter, leave } = newWindow(program);
  await enter();
  const late = program.late("project.open");
  await program.forget();
  void session.reopen();
  void session.reopen();
  await settle();
  expect(late.waiting).toEqual([{ folder: "/projects/a" }]);
  await leave();
  await late.answer(project());
  expect(session.project).toBeNull();
  await enter("/projects/b");
  await program.forget();
  void session.reopen();
  await settle();
  await late.fail(new Error("gone"));
  expect([session.project, session.error]).toEqual([null, new Error("gone")]);
});

test("a new name is taken on; an answer for a project that was left is not", async () => {
  const { session, enter, renamed, leave } = newWindow(program);
  await enter();
  await renamed("Fields");
  expect(session.project?.name).toBe("Fields");
  const late = program.late("project.current");
  void session.renew();
  await leave();
  await enter("/projects/b");
  await late.answer(project("/projects/a", { name: "Too late" }));
  expect(session.project?.name).toBe("b");
});

test("the system is told only when nobody looks, and when the person and the system allow it", () => {
  const shown: string[] = [];
  class FakeNotification {
    static permission = "granted";
    constructor(_: string, { body }: { body: string }) {
      shown.push(body);
    }
  }
  const page = { hidden: true };
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", { Notification: FakeNotification });
  vi.stubGlobal("Notification", FakeNotification);
  const value = { ...saved };
  const notifier = new Notifier(some<SettingsState>({ value }));
  notifier.notify("done");
  page.hidden = false;
  notifier.notify("looked at");
  page.hidden = true;
  FakeNotification.permission = "denied";
  notifier.notify("denied");
  FakeNotification.permission = "granted";
  Object.assign(value, { notifications: false });
  notifier.notify("not wanted");
  vi.unstubAllGlobals();
  expect(shown).toEqual(["done"]);
});

test("the form of a new map forgets places, models and modalities with the project, and dialogs of maps close", async () => {
  const { session, enter, renamed, leave } = newWindow(program);
  const plan = new MapPlan(session);
  const dialogs = new MapDialogs(session);
  await enter();
  const drawn = { bounds: { minX: 0, minY: 0, maxX: 1, maxY: 1 }, outline: null };
  Object.assign(plan, { model: "Crops", area: "rectangle", drawn, name: "North", batch: 8 });
  plan.toggle("s1", ["s1", "s2"], false);
  expect(plan.modalities).toEqual(["s2"]);
  plan.toggle("s1", ["s1", "s2"], true);
  expect(plan.modalities).toEqual(["s1", "s2"]);
  dialogs.removing = { kind: "map", id: 3, name: "North", files: [] };
  await renamed("Other name");
  expect([plan.model, plan.drawn, dialogs.removing?.id]).toEqual(["Crops", drawn, 3]);
  await leave();
  await enter("/projects/b");
  expect([plan.model, plan.area, plan.drawn, plan.name, plan.modalities]).toEqual(["", "project", null, "", null]);
  expect([plan.batch, dialogs.removing]).toEqual([8, null]);
});

test("a dialog that is asked for opens where it was asked for, and only the one that is meant closes", () => {
  const overlays = new WindowOverlays();
  overlays.help("labels");
  overlays.close("settings");
  expect([overlays.open, overlays.helpTopic]).toEqual(["help", "labels"]);
  overlays.close("help");
  overlays.help();
  expect([overlays.open, overlays.helpTopic]).toEqual(["help", null]);
  overlays.show("settings");
  overlays.close();
  expect(overlays.open).toBeNull();

  const screens = new LabelScreens();
  screens.import("/data/fields.gpkg");
  expect([screens.importing, screens.file]).toEqual([true, "/data/fields.gpkg"]);
  screens.import();
  expect(screens.file).toBeNull();
  screens.editLegend("ready");
  expect(screens.legend).toBe("ready");

  const dialogs = new WorkDialogs();
  dialogs.showImport(["/data/a.tif"]);
  expect([dialogs.importOpen, dialogs.importPaths]).toEqual([true, ["/data/a.tif"]]);
  dialogs.showImport();
  expect(dialogs.importPaths).toEqual([]);
});
