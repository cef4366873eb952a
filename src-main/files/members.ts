// Files inside ZIP archives as files: a path that goes through an archive as if it were a folder, “product.zip/IMG_DATA/B02.jp2”. What is
// stored in the archive is read where it lies; what is compressed is unfolded once into a folder of this machine's temporary files,
// where the oldest make room. The archive itself is never touched.
import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, mkdirSync, readdirSync, type Stats, statSync, utimesSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { LoadingCache } from "./cache.ts";
import { removeSync } from "./remove.ts";
import { system } from "./system.ts";
import { discard, temporaryBeside } from "./whole.ts";
import { DamagedZip, openZip } from "./zip-read.ts";

/** A band of Sentinel-2 has up to 150 MB; twice that is unfolded, and no more than `mostUnfolded` is kept. */
const largestMember = 2 ** 31 - 1;
const mostUnfolded = 8 * 2 ** 30;
const mostMembers = 200_000;

/** The archive that a path goes through, and the name in it, with forward slashes. The disk is not asked. */
export function memberOf(path: string): { readonly archive: string; readonly name: string } | undefined {
  const match = /^(.*?\.zip)[\\/](.+)$/i.exec(path);
  return match ? { archive: match[1]!, name: match[2]!.replaceAll("\\", "/") } : undefined;
}

/** The file of the disk that holds what `path` names: the file itself, or the archive that the path goes through; `undefined`: none. */
export function statHolder(path: string): Stats | undefined {
  const own = statSync(path, { throwIfNoEntry: false });
  if (own) return own;
  const member = memberOf(path);
  const archive = member && statSync(member.archive, { throwIfNoEntry: false });
  return archive?.isFile() ? archive : undefined;
}

/** The same as numbers that name its state. @throws the system's error when neither is there */
export async function holderState(path: string): Promise<BigIntStats> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const member = memberOf(path);
    const archive = member && (await stat(member.archive, { bigint: true }).catch(() => undefined));
    if (archive?.isFile()) return archive;
    throw error;
  }
}

/** An open file, or the part of an archive that is one. */
export interface OpenBytes {
  readonly size: number;
  /** of the file on the disk: what changes with it */
  readonly stats: BigIntStats;
  /** Bytes from `position` into `bytes` at `from`; fewer than `length` when the file ends. */
  read(bytes: Uint8Array, from: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/**
 * Opens a file of the disk, or a member of an archive. `flags` are the system's.
 * @throws DamagedZip, and the system's errors: ENOENT for a member that the archive has not
 */
export async function openBytes(path: string, flags: string | number = "r"): Promise<OpenBytes> {
  let handle: FileHandle;
  try {
    handle = await open(path, flags);
  } catch (error) {
    const member = memberOf(path);
    if (!member || !isMissing(error) || !statSync(member.archive, { throwIfNoEntry: false })?.isFile()) throw error;
    return openMember(member.archive, member.name);
  }
  try {
    const stats = await handle.stat({ bigint: true });
    const size = Number(stats.size);
    const read: OpenBytes["read"] = (bytes, from, length, position) => handle.read(bytes, from, length, position);
    return { size, stats, read, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");

/** Bytes of a file, or of a member of an archive once it is unfolded; `undefined` when there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  const own = statSync(path, { throwIfNoEntry: false });
  if (own) return own.size;
  const member = memberOf(path);
  if (!member || !statHolder(path)) return undefined;
  return (await listOf(member.archive)).members.get(member.name)?.bytes;
}

interface Member {
  readonly bytes: number;
  readonly sum: number;
  /** of its first byte in the archive, when it is stored as it is */
  readonly offset: number | undefined;
}

type Members = ReadonlyMap<string, Member>;

/** The lists of the archives that were read lately: plain data, no open file. */
const lists = LoadingCache.ofCount<Members>(16);

const stateOf = ({ dev, ino, size, mtimeNs }: BigIntStats): string => `${dev}-${ino}-${size}-${mtimeNs}`;

async function listOf(archive: string): Promise<{ readonly stats: BigIntStats; readonly members: Members }> {
  const stats = await stat(archive, { bigint: true });
  return { stats, members: await lists.get(`${archive}\n${stateOf(stats)}`, () => membersOf(archive)) };
}

async function openMember(archive: string, name: string): Promise<OpenBytes> {
  const { stats, members } = await listOf(archive);
  const member = members.get(name);
  if (!member) throw Object.assign(new Error(`${archive} holds no ${name}`), { code: "ENOENT" });
  const { bytes, offset } = member;
  const holder = offset === undefined ? await unfolded(archive, stats, name, member) : archive;
  const handle = await open(holder, "r");
  const start = offset ?? 0;
  return {
    size: bytes,
    stats,
    read: (to, from, length, position) =>
      handle.read(to, from, Math.max(0, Math.min(length, bytes - position)), start + position),
    close: () => handle.close(),
  };
}

async function membersOf(archive: string): Promise<Members> {
  const zip = await openZip(archive, limits);
  try {
    const members = new Map<string, Member>();
    for (const { name, bytes, sum, stored } of zip.members) {
      // One damaged member does not close the others: what is asked of it says so.
      const offset = await stored().catch(() => undefined);
      members.set(name, { bytes, sum, offset });
    }
    return members;
  } finally {
    await zip.close();
  }
}

/** All members may be large: each is unfolded by itself. */
const limits = { members: mostMembers, memberBytes: largestMember, totalBytes: Number.MAX_SAFE_INTEGER };

/** Unfolds a compressed member, unless that was done before, so that what opens it later need not wait. Others: nothing. */
export async function unfold(path: string): Promise<void> {
  if (!memberOf(path) || statSync(path, { throwIfNoEntry: false })) return;
  const opened = await openBytes(path).catch((error: unknown) => {
    // What is not there is said where it is opened.
    if (isMissing(error)) return undefined;
    throw error;
  });
  await opened?.close();
}

/** The file that a compressed member was unfolded to; made when it is not there. Several processes may make it at once. */
async function unfolded(archive: string, stats: BigIntStats, name: string, member: Member): Promise<string> {
  const key = [archive, stateOf(stats), name, member.bytes, member.sum].join("\n");
  const path = join(unfoldedFolder(), createHash("sha256").update(key).digest("hex").slice(0, 32));
  const known = lstatSync(path, { throwIfNoEntry: false });
  if (known?.isFile() && known.size === member.bytes) {
    touch(path);
    return path;
  }
  makeRoom(member.bytes);
  const temporary = temporaryBeside(path);
  try {
    const zip = await openZip(archive, limits);
    try {
      const found = zip.members.find((one) => one.name === name);
      if (!found) throw new DamagedZip(reason("archive-list-damaged"));
      await found.copyTo(temporary);
    } finally {
      await zip.close();
    }
    await system.rename(temporary, path);
  } catch (error) {
    await discard(temporary);
    throw error;
  }
  return path;
}

/** A folder of this person's own: in a shared one somebody else could lay files under the names that are looked for. */
function unfoldedFolder(): string {
  const folder = join(tmpdir(), `omnisat-unfolded-${process.platform === "win32" ? "own" : userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  const foreign = process.platform !== "win32" && (stats.uid !== userInfo().uid || (stats.mode & 0o022) !== 0);
  if (!stats.isDirectory() || foreign)
    throw Object.assign(new Error(`${folder} belongs to somebody else`), { code: "EACCES" });
  return folder;
}

/** The time of the last use decides which goes first; where it cannot be set, the order is that of the making. */
function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    return;
  }
}

/** Deletes the files that were not used for longest until `bytes` fit. */
function makeRoom(bytes: number): void {
  const folder = unfoldedFolder();
  const files = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? [{ path, size: stats.size, used: stats.mtimeMs }] : [];
  });
  let total = files.reduce((sum, { size }) => sum + size, bytes);
  for (const { path, size } of files.sort((p, q) => p.used - q.used)) {
    if (total <= mostUnfolded) return;
    try {
      removeSync(path);
      total -= size;
    } catch {
      // Windows keeps what somebody reads; the next one goes.
    }
  }
}
