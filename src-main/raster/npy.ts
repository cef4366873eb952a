import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "../../src-shared/errors/index.ts";

// Arrays as NumPy writes them: a short header, then the numbers as they lie in memory.

/** What can be read, and the bytes of one number. */
const types = { "|i1": 1, "<f4": 4 } as const;
type NpyType = keyof typeof types;

/** A header is some hundred bytes; a longer one is none. */
const longestHeader = 1 << 16;

/** An open array of numbers, rows first. */
export interface Npy {
  readonly path: string;
  readonly type: NpyType;
  readonly shape: readonly number[];
  /** `count` numbers from the one at `first` on, as they are stored. */
  read(first: number, count: number): Promise<Int8Array | Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens an array of signed bytes or of 32-bit floats in C order. Sizes are compared with the file's length before anything is read.
 * @throws AppError "npy-unreadable" for a file that is none, that is cut off, or of another type
 * @see NumPy Enhancement Proposal 1, A Simple File Format for NumPy Arrays
 */
export async function openNpy(path: string): Promise<Npy> {
  const unreadable = () => new AppError("npy-unreadable", { path });
  const file = await open(path, "r").catch(() => {
    throw unreadable();
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw unreadable();
    const { type, shape, offset } = await headerOf(file, unreadable);
    const width = types[type];
    const count = shape.reduce((product, size) => product * size, 1);
    if (!Number.isSafeInteger(count * width) || stats.size !== offset + count * width) throw unreadable();
    return {
      path,
      type,
      shape,
      async read(first, wanted) {
        const bytes = new Uint8Array(wanted * width);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, offset + first * width);
        if (bytesRead !== bytes.length) throw unreadable();
        return type === "|i1" ? new Int8Array(bytes.buffer) : new Float32Array(bytes.buffer);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function headerOf(file: FileHandle, unreadable: () => AppError) {
  const start = Buffer.alloc(12);
  await file.read(start, 0, 12, 0);
  const major = start[6]!;
  if (start.toString("latin1", 0, 6) !== "\u0093NUMPY" || major < 1 || major > 3) throw unreadable();
  const [length, from] = major === 1 ? [start.readUInt16LE(8), 10] : [start.readUInt32LE(8), 12];
  if (length > longestHeader) throw unreadable();
  const text = Buffer.alloc(length);
  const { bytesRead } = await file.read(text, 0, length, from);
  const words = text.toString("latin1", 0, bytesRead);
  const type = /'descr': *'([^']*)'/.exec(words)?.[1];
  const list = /'shape': *\(([\d, ]*)\)/.exec(words)?.[1];
  const shape = list?.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  if (!type || !(type in types) || !shape || shape.length === 0 || !/'fortran_order': *False/.test(words))
    throw unreadable();
  return { type: type as NpyType, shape, offset: from + length };
}
