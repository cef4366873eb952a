/** What a job is given besides its spec: how to say how far it is, and how it is told to stop. */
export interface JobContext {
  readonly signal: AbortSignal;
  /** `fraction` in [0, 1] of the phase of that name */
  phase(name: string, fraction: number): void;
  /** values of one step of the run's curve */
  metric(step: number, values: Readonly<Record<string, number>>): void;
}
