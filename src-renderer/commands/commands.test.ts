import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { groups } from "../state/commands.ts";
import { listenForShortcuts, written } from "./keyboard.ts";
import { score } from "./ranking.ts";

// State looks at the window when it is made.
vi.hoisted(() =>
  Object.assign(globalThis, {
    innerWidth: 1440,
    innerHeight: 900,
    matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
  }),
);
vi.mock("../client/bridge.ts", async () => {
  const { client } = new (await import("../client/fake-program.fixture.ts")).FakeProgram();
  return { ...client, bridge: {}, client };
});
const { commands } = await import("./index.ts");

const key = (init: Partial<KeyboardEvent>) =>
  ({ key: "", code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...init }) as KeyboardEvent;

test("every command has its own id, and a group of the sheet", () => {
  const ids = commands.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(commands.filter(({ group }) => !groups.includes(group))).toEqual([]);
});

test("no two commands that are possible at once have the same keys", () => {
  const taken = new Map<string, string[]>();
  for (const { id, shortcut, also = [], when } of commands) {
    for (const keys of [shortcut, ...also]) {
      // Commands with a condition may share keys: only one of them is possible at a time.
      if (keys) taken.set(keys, [...(taken.get(keys) ?? []), when ? `${id}?` : id]);
    }
  }
  const clashes = [...taken].filter(([, ids]) => ids.length > 1 && ids.some((id) => !id.endsWith("?")));
  expect(clashes).toEqual([]);
});

test("shortcuts are written as the keyboard writes them", () => {
  const wrong = commands
    .flatMap(({ shortcut, also = [] }) => [shortcut, ...also])
    .filter((keys) => keys !== undefined)
    .filter(
      (keys) =>
        !/^(Mod\+)?(Alt\+)?(Shift\+)?([A-Z0-9]|[^\w\s]|F\d{1,2}|Arrow\w+|Page(Up|Down)|Space|Enter|Escape|Tab|Home|End|Delete|Backspace|Insert)$/.test(
          keys,
        ),
    );
  expect(wrong).toEqual([]);
});

test("menus and buttons name commands that there are", () => {
  const window = join(import.meta.dirname, "..");
  const sources = readdirSync(window, { recursive: true, encoding: "utf8" })
    .filter((name) => /^(?:map|panels|commands|shell)\b.*(?<!\.test)\.(ts|svelte)$/.test(name))
    .map((name) => readFileSync(join(window, name), "utf8"));
  const desktopMenu = readFileSync(join(window, "../src-main/hosts/electron/menu.ts"), "utf8");
  const named = [
    ...sources.flatMap((text) => [...text.matchAll(/\b(?:(?:run|commandOf|shortcutOf)\(|command: )"([^"]+)"/g)]),
    ...desktopMenu.matchAll(/\bsend\([\w.]+, "([^"]+)"/g),
  ].map((match) => match[1]!);
  expect(named.filter((id) => !commands.some((command) => command.id === id))).toEqual([]);
  for (const id of ["map.pan", "map.north", "labels.polygon", "edit.undo", "project.new"]) expect(named).toContain(id);
});

test("a pressed key is written like a shortcut", () => {
  expect(written(key({ key: "z", code: "KeyZ", ctrlKey: true, shiftKey: true }), false)).toBe("Mod+Shift+Z");
  expect(written(key({ key: "z", code: "KeyZ", metaKey: true }), true)).toBe("Mod+Z");
  expect(written(key({ key: "?", code: "Slash", shiftKey: true }), false)).toBe("?");
  expect(written(key({ key: "&", code: "Digit1", altKey: true }), false)).toBe("Alt+1");
  expect(written(key({ key: " ", code: "Space" }), false)).toBe("Space");
  expect(written(key({ key: "F11", code: "F11" }), false)).toBe("F11");
});

test("the palette ranks the start of a name over its middle, and finds without accents", () => {
  const rank = (query: string, texts: readonly string[]) => texts.toSorted((a, b) => score(query, b) - score(query, a));
  expect(rank("map", ["Show the bitmap", "Go to the map", "Map an area"])).toEqual([
    "Map an area",
    "Go to the map",
    "Show the bitmap",
  ]);
  expect(score("etiquettes", "Étiquettes")).toBeGreaterThan(0);
  expect(score("zf", "Zoom to full extent")).toBeGreaterThan(0);
  expect(score("train now", "Train")).toBe(0);
});

test("Ctrl+A marks the words of a text field, and never those of the whole window", () => {
  let press!: (event: KeyboardEvent) => void;
  vi.stubGlobal("addEventListener", (_: string, listener: typeof press) => {
    press = listener;
  });
  vi.stubGlobal("removeEventListener", () => undefined);
  class Element {
    readonly text: boolean;
    constructor(text: boolean) {
      this.text = text;
    }
    matches(selector: string) {
      return this.text && selector.startsWith("textarea");
    }
  }
  vi.stubGlobal("HTMLElement", Element);
  vi.stubGlobal("document", { querySelector: () => ({}) });
  const stop = listenForShortcuts(false);
  const prevented = (target: unknown) => {
    const event = { ...key({ key: "a", code: "KeyA", ctrlKey: true }), target, preventDefault: vi.fn() };
    press(event as never);
    return event.preventDefault.mock.calls.length > 0;
  };
  expect([prevented(new Element(false)), prevented(null), prevented(new Element(true))]).toEqual([true, true, false]);
  stop();
  vi.unstubAllGlobals();
});

test("a key that is held down does not ask for what is under way; every press does", async () => {
  let press!: (event: KeyboardEvent) => void;
  vi.stubGlobal("addEventListener", (_: string, listener: typeof press) => {
    press = listener;
  });
  vi.stubGlobal("removeEventListener", () => undefined);
  vi.stubGlobal("HTMLElement", class {});
  vi.stubGlobal("document", { querySelector: () => null });
  const undo = commands.find(({ id }) => id === "edit.undo")!;
  vi.spyOn(undo as Required<typeof undo>, "when").mockReturnValue(true);
  let done = (): void => {};
  const run = vi.spyOn(undo, "run").mockImplementation(
    () =>
      new Promise((resolve) => {
        done = resolve;
      }),
  );
  const stop = listenForShortcuts(false);
  const pressed = (repeat: boolean) => {
    const event = { ...key({ key: "z", code: "KeyZ", ctrlKey: true, repeat }), preventDefault: vi.fn() };
    press(event);
    expect(event.preventDefault).toHaveBeenCalled();
  };
  pressed(false);
  for (let n = 0; n < 5; n++) pressed(true);
  expect(run).toHaveBeenCalledTimes(1);
  done();
  await vi.waitFor(() => {
    pressed(true);
    expect(run).toHaveBeenCalledTimes(2);
  });
  pressed(false);
  expect(run).toHaveBeenCalledTimes(3);
  stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
