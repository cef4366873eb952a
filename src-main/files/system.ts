import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";

/** The calls of the system that writing whole files takes. Tests replace them by failing ones. */
export const system = {
  platform: process.platform,
  open,
  rename,
  rm,
  openSync,
  writeSync,
  fsyncSync,
  closeSync,
  renameSync,
  rmSync,
};
