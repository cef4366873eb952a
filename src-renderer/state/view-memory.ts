import { invoke } from "../client/index.ts";

const pending = new Map<string, ReturnType<typeof setTimeout>>();

/** Keeps a value of the open project's view (docks, camera, pins …), soon and once for many changes. */
export function remember(key: string, value: unknown): void {
  clearTimeout(pending.get(key));
  pending.set(
    key,
    setTimeout(() => {
      pending.delete(key);
      // A view that could not be kept (a read-only project) is no loss worth a message.
      invoke("view.put", { key, value }).catch(() => undefined);
    }, 400),
  );
}

/** What was kept under the key; `null` when nothing was. */
export const recall = async <Value>(key: string): Promise<Value | null> =>
  (await invoke("view.get", { key }).catch(() => null)) as Value | null;
