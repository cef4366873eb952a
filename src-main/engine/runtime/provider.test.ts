import { expect, test } from "vitest";
import type { Provider } from "./graph-session.ts";
import { chooseProvider, memoryFigures, type ProbeReport, probeInChild } from "./provider.ts";

const works = (milliseconds: number, difference: number | null = 1e-6): ProbeReport => ({
  difference,
  milliseconds,
  cpuMilliseconds: 10,
});
const reports =
  (answers: Readonly<Record<Provider, ProbeReport>>) =>
  async (provider: Provider): Promise<ProbeReport> =>
    answers[provider];

const broken: ProbeReport = { problem: { kind: "crashed", detail: "SIGSEGV" } };

test("the processor runs the probe and agrees with itself", async () => {
  const report = await probeInChild("cpu");
  expect(report).toMatchObject({ difference: 0 });
});

test("a provider that crashes or does not exist gives words, not an exception", async () => {
  const report = await probeInChild("no-such-provider" as Provider);
  expect(report).toMatchObject({ problem: { kind: "not-built-in" } });
});

test("the fastest provider with correct results is chosen", async () => {
  const choice = await chooseProvider({ probe: reports({ cuda: works(2), webgpu: works(4), cpu: works(10) }) });
  expect(choice.provider).toBe("cuda");
  expect(choice.tried.map(({ provider, ok }) => [provider, ok])).toEqual([
    ["cuda", true],
    ["webgpu", true],
    ["cpu", true],
  ]);
});

test("without a working card the processor is used, and the reason says why", async () => {
  const choice = await chooseProvider({ probe: reports({ cuda: broken, webgpu: works(1, 0.3), cpu: works(10) }) });
  expect(choice.provider).toBe("cpu");
  expect(choice.reason).toContain("crashed");
  expect(choice.reason).toContain("differ from the processor's by 3.0e-1");
});

test("a card that computes nonsense is not used", async () => {
  const choice = await chooseProvider({ probe: reports({ cuda: works(1, null), webgpu: broken, cpu: works(10) }) });
  expect(choice.provider).toBe("cpu");
  expect(choice.reason).toContain("not numbers");
});

test("a card that is slower than the processor is not used unless asked for", async () => {
  const probe = reports({ cuda: broken, webgpu: works(300), cpu: works(10) });
  expect((await chooseProvider({ probe })).provider).toBe("cpu");
  expect((await chooseProvider({ probe })).reason).toContain("slower here (300 against 10 ms)");
  expect((await chooseProvider({ probe, prefer: "webgpu" })).provider).toBe("webgpu");
});

test("a preferred provider that fails falls back with its reason", async () => {
  const choice = await chooseProvider({
    prefer: "cuda",
    probe: reports({ cuda: broken, webgpu: works(1), cpu: works(10) }),
  });
  expect(choice.provider).toBe("cpu");
  expect(choice.reason).toContain("CUDA cannot be used: it crashed");
});

test("memory figures are of this machine", () => {
  const { totalBytes, freeBytes, processBytes } = memoryFigures();
  expect(totalBytes).toBeGreaterThan(freeBytes);
  expect(processBytes).toBeGreaterThan(1e6);
});
