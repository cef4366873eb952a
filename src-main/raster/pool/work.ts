/** How a piece of work can be stopped, and how soon it is wanted. Passed on by everything that gives tasks to the threads. */
export interface Work {
  readonly signal?: AbortSignal | undefined;
  /** the screen waits for it: its tasks go before all others */
  readonly urgent?: boolean | undefined;
}
