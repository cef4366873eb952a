/** What the machine is busy with. */
export interface DeviceCommands {
  /** Memory of the machine, all programs together. */
  "device.usage"(request: Readonly<Record<string, never>>): Promise<{
    readonly usedBytes: number;
    readonly totalBytes: number;
  }>;
}
