// The files of a folder or of a ZIP archive by name, and the small texts among them, with one interface for both.
import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { DamagedZip, filesBelow, openZip, type ZipMember } from "../files/index.ts";

/** Files as they lie in a folder or an archive. */
export interface Listing {
  /** the folder, or the archive */
  readonly root: string;
  readonly isArchive: boolean;
  /** relative to `root`, with forward slashes, in order of name */
  readonly names: readonly string[];
  /** the path under which the program reads a file: of an archive's members as if the archive were a folder */
  pathOf(name: string): string;
  /** bytes of a file; 0 where it is not known */
  sizeOf(name: string): number;
  /**
   * A small file.
   * @throws AppError "product-metadata-unreadable" when it is larger than metadata are, or cannot be read
   */
  read(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** Metadata of products have up to a few megabytes (the annotation of a Sentinel-1 swath: 1 MB). */
const largestText = 32 * 1024 * 1024;
/** A product of 277 granules has 20,000 files; more are no product but a disk. */
const mostFiles = 200_000;

/** The files below a folder. @throws AppError "product-folder-too-large" */
export function folderListing(folder: string): Listing {
  const paths = filesBelow(folder, mostFiles);
  if (!paths) throw new AppError("product-folder-too-large", { path: folder, most: mostFiles });
  return listingOf(folder, paths);
}

/** The files of a folder itself. */
export function shallowListing(folder: string): Listing {
  const entries = readdirSync(folder, { withFileTypes: true });
  return listingOf(
    folder,
    entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name))
      .sort(),
  );
}

function listingOf(folder: string, paths: readonly string[]): Listing {
  const pathOf = (name: string) => join(folder, ...name.split("/"));
  return {
    root: folder,
    isArchive: false,
    names: paths.map((path) =>
      path
        .slice(join(folder, "x").length - 1)
        .split(sep)
        .join("/"),
    ),
    pathOf,
    sizeOf: (name) => statSync(pathOf(name), { throwIfNoEntry: false })?.size ?? 0,
    async read(name) {
      const path = pathOf(name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile() || stats.size > largestText) throw new AppError("product-metadata-unreadable", { path });
      return readFile(path).catch(() => {
        throw new AppError("product-metadata-unreadable", { path });
      });
    },
    close: async () => {},
  };
}

/** A name that leads out of the archive, or to the root of the disk. */
const leadsOut = (name: string): boolean =>
  name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.split("/").some((part) => part === "..");

/**
 * The members of a ZIP archive. To be closed.
 * @throws AppError "archive-unreadable" when it is none, was cut off, or names files outside of itself
 */
export async function archiveListing(path: string): Promise<Listing> {
  const archive = await openZip(path, { members: mostFiles, memberBytes: largestText }).catch((error) => {
    throw error instanceof DamagedZip ? new AppError("archive-unreadable", { path, reason: error.reason }) : error;
  });
  const members = new Map<string, ZipMember>();
  for (const member of archive.members) {
    if (leadsOut(member.name)) {
      await archive.close();
      throw new AppError("archive-leads-out", { path, name: member.name.slice(-120) });
    }
    // Resource forks of macOS are no files of anybody, and a name with a zero byte is none that a system takes.
    if (!/(^|\/)(__MACOSX\/|\._)|\0/.test(member.name)) members.set(member.name, member);
  }
  return {
    root: path,
    isArchive: true,
    names: [...members.keys()].sort(),
    pathOf: (name) => join(path, ...name.split("/")),
    sizeOf: (name) => members.get(name)?.bytes ?? 0,
    async read(name) {
      const member = members.get(name);
      if (!member) throw new AppError("product-metadata-unreadable", { path: join(path, name) });
      return member.read().catch((error) => {
        throw error instanceof DamagedZip ? new AppError("archive-unreadable", { path, reason: error.reason }) : error;
      });
    },
    close: () => archive.close(),
  };
}
