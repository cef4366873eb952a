import { cpus, totalmem } from "node:os";
import type { DeviceReport } from "../../src-shared/ipc/index.ts";
import type { Prober } from "../engine/index.ts";
import { deviceMemory } from "./device-memory.ts";

/** What computes on this machine: each provider is tried in a process of its own, so that a broken driver cannot crash the app. */
export async function probeDevice(probe?: Prober): Promise<DeviceReport> {
  // Loaded only now: the first window should not wait for the engine's modules.
  const { chooseProvider } = await import("../engine/index.ts");
  const [choice, cards] = await Promise.all([chooseProvider(probe ? { probe } : {}), deviceMemory()]);
  const onProcessor = choice.provider === "cpu";
  const card = onProcessor ? undefined : cards[0];
  return {
    provider: choice.provider,
    name: onProcessor ? (cpus()[0]?.model.trim() ?? "CPU") : (card?.name ?? "GPU"),
    memoryBytes: onProcessor ? totalmem() : (card?.totalBytes ?? null),
    reason: choice.reason,
    tried: choice.tried.map(({ problem = null, ...trial }) => ({ ...trial, problem })),
  };
}
