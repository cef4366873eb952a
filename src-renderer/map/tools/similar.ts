import { outline, similar } from "../../state/index.ts";
import type { Ground, ToolAtWork } from "./handler.ts";

/** Clicks what is looked for; with Shift what is not. */
export const startSimilar = (): ToolAtWork => ({
  click({ coordinate, originalEvent }) {
    const [x, y] = coordinate as [number, number];
    similar.click([x, y], (originalEvent as PointerEvent).shiftKey ? false : similar.wanted);
  },
  stop() {},
});

/** Grows an outline from each click: Enter makes it a label, Esc gives it up. */
export const startOutline = (_: Ground): ToolAtWork => ({
  click({ coordinate }) {
    const [x, y] = coordinate as [number, number];
    void outline.from([x, y]);
  },
  keys: {
    Enter() {
      if (outline.grown === null) return false;
      void outline.add();
      return true;
    },
    Escape() {
      if (outline.grown === null && outline.failed === undefined) return false;
      outline.discard();
      return true;
    },
  },
  stop: () => outline.discard(),
});
