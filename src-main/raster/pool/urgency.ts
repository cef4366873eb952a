import { AsyncLocalStorage } from "node:async_hooks";

const urgency = new AsyncLocalStorage<true>();

/** Tasks that `work` gives to the threads go before all others: somebody is looking at the screen. */
export const urgently = <T>(work: () => Promise<T>): Promise<T> => urgency.run(true, work);

export const isUrgent = (): boolean => urgency.getStore() === true;
