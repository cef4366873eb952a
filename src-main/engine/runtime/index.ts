export {
  chooseProvider,
  type MemoryFigures,
  memoryFigures,
  type ProbeReport,
  type Prober,
  type ProviderChoice,
  probeSafely,
  type Trial,
} from "./provider.ts";
export { runOnce } from "./run.ts";
export { type Provider, Session, type SessionOptions, storageFor } from "./session.ts";
