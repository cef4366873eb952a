export { type ProbeReport, probeHere } from "./probe.ts";
export {
  chooseProvider,
  type MemoryFigures,
  memoryFigures,
  type Prober,
  type ProviderChoice,
  probeSafely,
  type Trial,
} from "./provider.ts";
export { runOnce } from "./run.ts";
export { type Provider, Session, type SessionOptions, storageFor } from "./session.ts";
