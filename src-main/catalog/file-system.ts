import { statfsSync } from "node:fs";
import { resolve } from "node:path";

// Linux: f_type of statfs(2). FUSE may be a network too (sshfs, cloud folders), and there is no way to tell which.
const networkTypes = new Map<number, string>([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x01021997, "9P"],
  [0x65735546, "FUSE"],
  [0x0bd00bd0, "Lustre"],
]);

/**
 * The kind of network a folder lies on, or `undefined` for a local disk. WAL needs memory shared between processes, which
 * network file systems do not have: a project there uses SQLite's rollback journal instead, slower and safe.
 */
export function networkFileSystem(folder: string): string | undefined {
  const path = resolve(folder);
  if (process.platform === "win32") return /^(\\\\|\/\/)/.test(path) ? "a network share" : undefined;
  // macOS mounts shares (and memory sticks) under /Volumes.
  if (process.platform === "darwin") return path.startsWith("/Volumes/") ? "a mounted volume" : undefined;
  return networkTypes.get(statfsSync(path).type >>> 0);
}
