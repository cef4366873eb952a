import { freemem, totalmem } from "node:os";
import { z } from "zod";
import { validated } from "../validated.ts";

/** What the machine is busy with: asked again and again while somebody looks, so it must cost nothing. */
export function deviceService() {
  return {
    "device.usage": validated("device.usage", z.strictObject({}), () => ({
      usedBytes: totalmem() - freemem(),
      totalBytes: totalmem(),
    })),
  };
}
