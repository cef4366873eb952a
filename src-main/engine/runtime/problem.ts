/** Why a provider cannot be used, so that a window can say it in its language; `detail` is the runtime's own word. */
export interface ProviderProblem {
  readonly kind: "no-card" | "no-libraries" | "no-driver" | "not-built-in" | "wrong" | "silent" | "crashed" | "other";
  readonly detail: string;
}

/** ONNX Runtime and the drivers have no codes: this table of what they usually complain of is the only place that reads their words. */
const complaints: readonly (readonly [RegExp, ProviderProblem["kind"]])[] = [
  [/failed to get a webgpu adapter/i, "no-card"],
  [/failed to load shared library|cannot open shared object/i, "no-libraries"],
  [/no cuda-capable device|cuda driver version is insufficient/i, "no-driver"],
  [/no available backend found|unknown execution provider/i, "not-built-in"],
];

/** The problem behind a message of the runtime, with its first line: the rest names its sources and functions. */
export function problemIn(message: string): ProviderProblem {
  const kind = complaints.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
  const line = message.trim().split("\n")[0] ?? "";
  return { kind, detail: line.replace(/[.\s]+$/, "").slice(0, 300) };
}

const words: { readonly [Kind in ProviderProblem["kind"]]: (detail: string) => string } = {
  "no-card": () => "no graphics card with a Vulkan, Metal or Direct3D 12 driver was found",
  "no-libraries": () => "its libraries are not installed",
  "no-driver": () => "no NVIDIA card with a fitting driver was found",
  "not-built-in": () => "this build of the runtime does not have it",
  wrong: (detail) =>
    detail === "NaN" ? "its results are not numbers" : `its results differ from the processor's by ${detail}`,
  silent: () => "it did not answer",
  crashed: (detail) => `it crashed (${detail})`,
  other: (detail) => detail,
};

/** The problem in English. */
export const problemWords = ({ kind, detail }: ProviderProblem): string => words[kind](detail);
