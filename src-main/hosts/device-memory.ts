import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface DeviceMemory {
  readonly name: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Memory of NVIDIA cards as nvidia-smi reports it; nothing where it is not installed. Other makers have no common tool. */
export async function deviceMemory(): Promise<DeviceMemory[]> {
  try {
    const { stdout } = await promisify(execFile)(
      "nvidia-smi",
      ["--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"],
      { timeout: 10_000 },
    );
    return readDeviceList(stdout);
  } catch {
    return [];
  }
}

/** `NVIDIA H200, 143771, 143166` per line, in MiB. */
export function readDeviceList(text: string): DeviceMemory[] {
  return text
    .split("\n")
    .map((line) => line.split(",").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 3 && cells.slice(1).every((cell) => /^\d+$/.test(cell)))
    .map(([name, total, free]) => ({
      name: name!,
      totalBytes: Number(total) * 2 ** 20,
      freeBytes: Number(free) * 2 ** 20,
    }));
}
