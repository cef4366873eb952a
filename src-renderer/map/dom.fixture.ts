// As much of a browser as OpenLayers needs to answer to a pointer and to keys, without pictures: imported first by tests of the
// map. What is drawn goes nowhere; where things are, which events come in which order, and what has the focus is true.

type Listener = ((event: FakeEvent) => void) | { handleEvent(event: FakeEvent): void };

/** An event as the browser makes it. */
export class FakeEvent {
  readonly type: string;
  target: FakeNode | null = null;
  currentTarget: FakeNode | null = null;
  defaultPrevented = false;
  stopped: "no" | "here" | "now" = "no";
  readonly cancelable = true;
  readonly isComposing = false;
  readonly clientX: number = 0;
  readonly clientY: number = 0;
  readonly button: number = -1;
  readonly buttons: number = 0;
  readonly pointerId: number = 1;
  readonly pointerType: string = "mouse";
  readonly isPrimary = true;
  readonly shiftKey: boolean = false;
  readonly ctrlKey: boolean = false;
  readonly altKey: boolean = false;
  readonly metaKey: boolean = false;
  readonly key: string = "";
  readonly code: string = "";
  readonly deltaY: number = 0;

  constructor(type: string, init: object = {}) {
    const { target: _target, defaultPrevented: _prevented, stopped: _stopped, ...facts } = init as FakeEvent;
    Object.assign(this, facts);
    this.type = type;
  }
  preventDefault(): void {
    this.defaultPrevented = true;
  }
  stopPropagation(): void {
    this.stopped = "here";
  }
  stopImmediatePropagation(): void {
    this.stopped = "now";
  }
}

class FakeNode {
  parentNode: FakeNode | null = null;
  readonly #listeners: { type: string; listener: Listener; capture: boolean }[] = [];

  addEventListener(type: string, listener: Listener, options: boolean | { capture?: boolean } = false): void {
    const capture = typeof options === "boolean" ? options : options.capture === true;
    const known = this.#listeners.some(
      (one) => one.type === type && one.listener === listener && one.capture === capture,
    );
    if (!known) this.#listeners.push({ type, listener, capture });
  }
  removeEventListener(type: string, listener: Listener, options: boolean | { capture?: boolean } = false): void {
    const capture = typeof options === "boolean" ? options : options.capture === true;
    const at = this.#listeners.findIndex(
      (one) => one.type === type && one.listener === listener && one.capture === capture,
    );
    if (at >= 0) this.#listeners.splice(at, 1);
  }
  /** How many listen here: a tool that has ended leaves none behind. */
  get listeners(): number {
    return this.#listeners.length;
  }
  #hear(event: FakeEvent, capture: boolean): void {
    event.currentTarget = this;
    for (const { type, listener, capture: early } of [...this.#listeners]) {
      if (type !== event.type || early !== capture) continue;
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
      if (event.stopped === "now") return;
    }
  }
  /** Down to the target, then up again. */
  dispatchEvent(event: FakeEvent): boolean {
    event.target = this;
    const way: FakeNode[] = [];
    for (let node: FakeNode | null = this; node; node = node.parentNode) way.push(node);
    for (const [nodes, capture] of [
      [way.toReversed(), true],
      [way, false],
    ] as const) {
      for (const node of nodes) {
        node.#hear(event, capture);
        if (event.stopped !== "no") return !event.defaultPrevented;
      }
    }
    return !event.defaultPrevented;
  }
}

/** A 2d context that takes everything and draws nothing. */
const blindContext = (canvas: FakeElement) =>
  new Proxy({ canvas } as Record<PropertyKey, unknown>, {
    get: (known, key) =>
      key in known
        ? known[key]
        : key === "measureText"
          ? () => ({ width: 10, actualBoundingBoxAscent: 8, actualBoundingBoxDescent: 2 })
          : () => undefined,
    set(known, key, value) {
      known[key] = value;
      return true;
    },
  });

export class FakeElement extends FakeNode {
  readonly localName: string;
  readonly style: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  className = "";
  width = 300;
  height = 150;
  isContentEditable = false;
  readonly #context = blindContext(this);
  readonly #attributes = new Map<string, string>();

  constructor(localName = "div") {
    super();
    this.localName = localName;
  }
  get tagName(): string {
    return this.localName.toUpperCase();
  }
  get ownerDocument(): FakeDocument {
    return document as unknown as FakeDocument;
  }
  get offsetWidth(): number {
    return screenSize[0];
  }
  get offsetHeight(): number {
    return screenSize[1];
  }
  get parentElement(): FakeNode | null {
    return this.parentNode;
  }
  get firstChild(): FakeElement | null {
    return this.children[0] ?? null;
  }
  get firstElementChild(): FakeElement | null {
    return this.firstChild;
  }
  get childNodes(): readonly FakeElement[] {
    return this.children;
  }
  get isConnected(): boolean {
    return this.getRootNode() !== this;
  }
  readonly classList = {
    contains: (name: string) => this.className.split(" ").includes(name),
    add: (name: string) => this.classList.toggle(name, true),
    remove: (name: string) => this.classList.toggle(name, false),
    toggle: (name: string, on = !this.classList.contains(name)) => {
      const others = this.className.split(" ").filter((other) => other !== "" && other !== name);
      this.className = [...others, ...(on ? [name] : [])].join(" ");
      return on;
    },
  };
  append(...nodes: FakeElement[]): void {
    for (const node of nodes) this.appendChild(node);
  }
  appendChild(node: FakeElement): FakeElement {
    return this.insertBefore(node, null);
  }
  insertBefore(node: FakeElement, before: FakeElement | null): FakeElement {
    node.remove();
    const at = before ? this.children.indexOf(before) : -1;
    this.children.splice(at < 0 ? this.children.length : at, 0, node);
    node.parentNode = this;
    return node;
  }
  removeChild(node: FakeElement): FakeElement {
    const at = this.children.indexOf(node);
    if (at >= 0) this.children.splice(at, 1);
    node.parentNode = null;
    return node;
  }
  replaceChildren(...nodes: FakeElement[]): void {
    for (const child of [...this.children]) this.removeChild(child);
    this.append(...nodes);
  }
  remove(): void {
    if (this.parentNode instanceof FakeElement) this.parentNode.removeChild(this);
  }
  contains(other: unknown): boolean {
    return other === this || this.children.some((child) => child.contains(other));
  }
  closest(selector: string): FakeElement | null {
    if (this.matches(selector)) return this;
    return this.parentNode instanceof FakeElement ? this.parentNode.closest(selector) : null;
  }
  /** Names of elements only. */
  matches(selector: string): boolean {
    return selector.split(",").some((part) => part.trim() === this.localName);
  }
  querySelectorAll(): FakeElement[] {
    return [];
  }
  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }
  setAttribute(name: string, value: string): void {
    this.#attributes.set(name, value);
  }
  getRootNode(): FakeNode {
    return this.parentNode instanceof FakeElement ? this.parentNode.getRootNode() : (this.parentNode ?? this);
  }
  getContext(): object {
    return this.#context;
  }
  getClientRects(): readonly unknown[] {
    return [this.getBoundingClientRect()];
  }
  getBoundingClientRect() {
    const [width, height] = screenSize;
    return { left: 0, top: 0, x: 0, y: 0, right: width, bottom: height, width, height };
  }
  focus(): void {
    (document as unknown as FakeDocument).activeElement = this;
  }
}

export class FakeButton extends FakeElement {
  constructor() {
    super("button");
  }
}

class FakeDocument extends FakeNode {
  readonly documentElement = new FakeElement("html");
  readonly body = new FakeElement("body");
  activeElement: FakeElement | null = this.body;
  /** a dialog or a menu is open */
  covered = false;
  readonly fonts = { ready: Promise.resolve(), addEventListener() {}, check: () => true };

  createElement(name: string): FakeElement {
    return name === "button" ? new FakeButton() : new FakeElement(name);
  }
  querySelector(selector: string): FakeElement | null {
    return this.covered && /dialog|popover/.test(selector) ? new FakeElement("dialog") : null;
  }
  getElementById(): null {
    return null;
  }
}

/** Width and height of every element, in pixels. */
const screenSize: readonly [width: number, height: number] = [800, 600];

const fakeDocument = new FakeDocument();
const fakeWindow = new FakeNode();
fakeDocument.parentNode = fakeWindow;
fakeDocument.documentElement.parentNode = fakeDocument;
fakeDocument.documentElement.appendChild(fakeDocument.body);

Object.assign(globalThis, {
  window: globalThis,
  self: globalThis,
  location: new URL("http://localhost/"),
  document: fakeDocument,
  addEventListener: fakeWindow.addEventListener.bind(fakeWindow),
  removeEventListener: fakeWindow.removeEventListener.bind(fakeWindow),
  innerWidth: screenSize[0],
  innerHeight: screenSize[1],
  devicePixelRatio: 1,
  Node: FakeNode,
  Element: FakeElement,
  HTMLElement: FakeElement,
  HTMLButtonElement: FakeButton,
  DOMRect: class {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    constructor(x: number, y: number, width: number, height: number) {
      [this.x, this.y, this.width, this.height] = [x, y, width, height];
    }
  },
  CanvasPattern: class {},
  CanvasGradient: class {},
  HTMLCanvasElement: class {},
  HTMLImageElement: class {},
  HTMLVideoElement: class {},
  ShadowRoot: class {},
  PointerEvent: FakeEvent,
  KeyboardEvent: FakeEvent,
  MouseEvent: FakeEvent,
  ResizeObserver: class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
  createImageBitmap: async () => ({}),
  getComputedStyle: () => new Proxy({}, { get: () => "0" }),
  matchMedia: () => ({ matches: true, addEventListener() {}, removeEventListener() {} }),
  requestAnimationFrame: (draw: () => void) => setTimeout(draw, 0),
  cancelAnimationFrame: (timer: number) => clearTimeout(timer),
});

/** How many listen to the whole window. */
export const windowListeners = (): number => fakeWindow.listeners;
/** Is a dialog or a menu open? */
export const cover = (open: boolean): void => {
  fakeDocument.covered = open;
};
