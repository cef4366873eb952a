import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { askedByKeyboard, openContextMenu } from "./menu.ts";

const { mounted } = vi.hoisted(() => ({ mounted: [] as { anchor: unknown; byKeyboard: boolean }[] }));
vi.mock("./MenuList.svelte", () => ({ default: {} }));
vi.mock("svelte", async (original) => ({
  ...(await original<typeof import("svelte")>()),
  mount: (_: unknown, { props }: { props: (typeof mounted)[number] }) => mounted.push(props),
}));

class Row {
  closest = () => null;
  getBoundingClientRect = () => ({ x: 10, y: 20, width: 300, height: 28 });
}
beforeAll(() => {
  vi.stubGlobal("Element", Row);
  vi.stubGlobal("document", { body: {}, activeElement: null });
  vi.stubGlobal(
    "DOMRect",
    class {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      constructor(x: number, y: number, width: number, height: number) {
        [this.x, this.y, this.width, this.height] = [x, y, width, height];
      }
    },
  );
});
afterAll(() => vi.unstubAllGlobals());

const asked = (facts: object) =>
  ({ target: new Row(), preventDefault() {}, clientX: 150, clientY: 160, ctrlKey: false, ...facts }) as never;
/** As Chromium tells of the menu key on a row: the middle of the row, and no button. */
const byKey = asked({ button: -1, pointerType: "mouse", clientX: 160, clientY: 34 });

test.each([
  ["the menu key in Chromium", { button: -1, ctrlKey: false, pointerType: "mouse" }, true],
  ["the menu key in Firefox", { button: 0, ctrlKey: false, pointerType: "" }, true],
  ["the menu key in a browser that tells a plain mouse event", { button: 0, ctrlKey: false }, true],
  ["the right button", { button: 2, ctrlKey: false, pointerType: "mouse" }, false],
  ["the right button with Ctrl", { button: 2, ctrlKey: true, pointerType: "mouse" }, false],
  ["Ctrl+click on a Mac", { button: 0, ctrlKey: true, pointerType: "mouse" }, false],
  ["a long touch", { button: 0, ctrlKey: false, pointerType: "touch" }, false],
  ["a long press of a pen", { button: 0, ctrlKey: false, pointerType: "pen" }, false],
])("who asked for a menu: %s", (_, event, keyboard) => {
  expect(askedByKeyboard(event)).toBe(keyboard);
});

test("a menu asked for by keys begins on its first line, under what has the focus", () => {
  openContextMenu(byKey, [{ label: "Delete" }]);
  expect(mounted.at(-1)).toMatchObject({ byKeyboard: true, anchor: { x: 10, y: 20, width: 300, height: 28 } });
  openContextMenu(byKey, [{ label: "Delete" }], new DOMRect(5, 6, 0, 0));
  expect(mounted.at(-1)).toMatchObject({ byKeyboard: true, anchor: { x: 5, y: 6 } });
});

test("a menu asked for by the pointer begins at the pointer, on no line", () => {
  openContextMenu(asked({ button: 2, pointerType: "mouse" }), [{ label: "Delete" }], new DOMRect(5, 6, 0, 0));
  expect(mounted.at(-1)).toMatchObject({ byKeyboard: false, anchor: { x: 150, y: 160, width: 0, height: 0 } });
});

test("without a line there is no menu", () => {
  const before = mounted.length;
  openContextMenu(byKey, []);
  expect(mounted).toHaveLength(before);
});
