import { freemem, totalmem } from "node:os";
import { z } from "zod";
import { validated } from "../validated.ts";

/** What the machine is busy with: polled while a window shows it, so it must be cheap. */
export function deviceService() {
  return {
    "device.usage": validated("device.usage", z.strictObject({}), () => ({
      usedBytes: totalmem() - freemem(),
      totalBytes: totalmem(),
    })),
  };
}
