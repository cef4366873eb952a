import type { RunSummary } from "../../../src-shared/domain/training.ts";

/** “cpu: The processor was asked for.” → CPU; while it runs, nothing is known yet. */
export function providerName({ provider }: RunSummary): string | null {
  if (provider === null) return null;
  const name = provider.split(":")[0]!;
  return { cpu: "CPU", webgpu: "WebGPU", cuda: "CUDA" }[name] ?? name;
}
