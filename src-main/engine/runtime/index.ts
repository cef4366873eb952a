export { runOnce } from "./run.ts";
export { type Provider, Session, type SessionOptions, storageFor } from "./session.ts";
