import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";

/** The calls of the system that writing whole files takes. Tests put failing ones in their place. */
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
