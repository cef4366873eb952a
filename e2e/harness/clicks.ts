import type { Locator, Page } from "@playwright/test";

/** A person who only clicks; every press of the mouse is counted, a double click as two. */
export class Clicks {
  readonly #window: Page;
  count = 0;

  constructor(window: Page) {
    this.#window = window;
  }

  async on(what: Locator): Promise<void> {
    this.count++;
    await what.click();
  }

  async twiceOn(what: Locator): Promise<void> {
    this.count += 2;
    await what.dblclick();
  }

  /** A list is opened by one press, and an entry taken by another. */
  async choose(list: Locator, label: string): Promise<void> {
    this.count += 2;
    await list.selectOption({ label });
  }

  /** The last button of this name: the one in front, where a dialog, a panel or a notice offers what the strip of steps does. */
  button(name: string | RegExp): Promise<void> {
    return this.on(named(this.#window, "button", name).last());
  }

  tab(name: string | RegExp): Promise<void> {
    return this.on(named(this.#window, "tab", name));
  }
}

const named = (window: Page, role: "button" | "tab", name: string | RegExp): Locator =>
  window.getByRole(role, typeof name === "string" ? { name, exact: true } : { name });
