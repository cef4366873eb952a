export { GraphSession, type Provider, type SessionOptions, storageFor } from "./graph-session.ts";
export { type ProbeReport, probeInProcess } from "./probe.ts";
export {
  chooseProvider,
  type MemoryFigures,
  memoryFigures,
  type Prober,
  type ProviderChoice,
  probeInChild,
  type Trial,
} from "./provider.ts";
export { runOnce } from "./run.ts";
