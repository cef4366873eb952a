/** Which rows of a long list need drawing: those in view and some around them. */
export class VirtualRows {
  scrollTop = $state(0);
  height = $state(400);
  readonly #count: () => number;
  readonly #rowHeight: number;

  constructor(count: () => number, rowHeight: number) {
    this.#count = count;
    this.#rowHeight = rowHeight;
  }

  get first(): number {
    return Math.max(0, Math.min(Math.floor(this.scrollTop / this.#rowHeight) - 10, this.#count() - 1));
  }

  get end(): number {
    return Math.min(this.#count(), Math.ceil((this.scrollTop + this.height) / this.#rowHeight) + 10);
  }

  /** Pixels of rows left out above and below. */
  get above(): number {
    return this.first * this.#rowHeight;
  }

  get below(): number {
    return Math.max(0, this.#count() - this.end) * this.#rowHeight;
  }
}
