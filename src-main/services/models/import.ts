import { existsSync, mkdirSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError, type ErrorDetails } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { canonical, isWithin, readPlainText, regularFilePieces } from "../../catalog/index.ts";
import { DamagedZip, diskError, isDiskFull, openZip, removeSync, writeAll } from "../../files/index.ts";
import type { ModelDescription } from "../../learning/trained-model.ts";
import type { TaskProgress } from "../../vector/index.ts";
import { runReadingTask, whyReadingStopped } from "../reading/subprocess.ts";

/** What a person reads about a model. */
const words = /^(README\.md|LICEN[CS]E(\.(md|txt))?)$/i;

/**
 * Copies a model package into `folder`, which does not exist yet, and reads it whole there: what is damaged, or is no model,
 * leaves nothing behind. Done in a process that can be killed.
 * @throws AppError "model-package-not-found", "model-package-damaged", "no-disk-space"
 */
export async function unpackModel(path: string, folder: string): Promise<ModelDescription> {
  if (!existsSync(path)) throw new AppError("model-package-not-found", { path });
  try {
    return await runReadingTask("model", { path, folder });
  } catch (error) {
    // The killed process did not delete its files.
    removeSync(folder);
    if (error instanceof AppError && error.code === "vector-too-costly") {
      const reason = whyReadingStopped(error.details as ErrorDetails<"vector-too-costly">);
      throw new AppError("model-package-damaged", { path, reason }, { cause: error });
    }
    throw error;
  }
}

/** The code that says whether weights are those of a network. */
export const loadNetwork = () =>
  Promise.all([
    import("../../learning/trained-model.ts"),
    import("../../jobs/model-tensors.ts"),
    import("../../learning/golden.ts"),
  ]);

/**
 * The same in this process. Only files that belong to a model are taken, whatever else a package holds; weights are looked through
 * piece by piece on their way, after the description and their header.
 */
export async function unpackHere(
  path: string,
  folder: string,
  telling?: Pick<TaskProgress, "alive">,
): Promise<ModelDescription> {
  if (!existsSync(path)) throw new AppError("model-package-not-found", { path });
  mkdirSync(folder, { recursive: true });
  try {
    const pack = statSync(path).isDirectory() ? folderPackage(path) : await archivePackage(path);
    try {
      return await unpack(pack, path, folder, () => telling?.alive());
    } finally {
      await pack.close();
    }
  } catch (error) {
    removeSync(folder);
    const code = (error as NodeJS.ErrnoException).code;
    if (isDiskFull(error)) throw diskError(folder, error);
    // The copy was deleted: name the package that the user chose instead.
    if (error instanceof AppError && /^(model|weights)-(damaged|unreadable|missing)$/.test(error.code)) {
      const { reason: own = error.message } = error.details as { readonly reason?: Because };
      const why = error.code === "model-damaged" ? reason("weights-not-of-model-json") : own;
      throw new AppError("model-package-damaged", { path, reason: why }, { cause: error });
    }
    if (error instanceof DamagedZip)
      throw new AppError("model-package-damaged", { path, reason: error.reason }, { cause: error });
    // A folder where a file belongs, a name that the disk cannot hold, no right to read.
    if (!(error instanceof AppError) && typeof code === "string" && /^E[A-Z]+$/.test(code))
      throw new AppError("model-package-damaged", { path, reason: reason("system-says", { code }) }, { cause: error });
    throw error;
  }
}

/** A file of a package. */
interface PackedFile {
  readonly bytes: number;
  /** Copies it into a new file, piece by piece, each after it was looked at. */
  copyTo(path: string, look?: (piece: Uint8Array) => void): Promise<void>;
}

interface Package {
  /** as it is called in the package; `undefined` when it is not there */
  file(name: string): PackedFile | undefined;
  /** those beside the description and the weights that are taken along */
  readonly others: readonly string[];
  close(): Promise<void> | void;
}

async function unpack(pack: Package, path: string, folder: string, alive: () => void): Promise<ModelDescription> {
  const [
    { readModelDescription, modelFile, weightsOfPackage },
    { problemOfModel },
    { goldenFile, largestGolden, readGolden },
  ] = await loadNetwork();
  const description = pack.file(modelFile);
  if (!description) throw new AppError("model-package-not-found", { path });
  // A reader refuses longer ones, so they need not be copied.
  if (description.bytes > 1 << 24)
    throw new AppError("model-package-damaged", { path, reason: reason("model-json-far-too-large") });
  await description.copyTo(join(folder, modelFile));
  const text = readPlainText(join(folder, modelFile), 1 << 24);
  const file = weightsNamedIn(text);
  const model = await readModelDescription(folder);
  const weights = pack.file(file);
  if (!weights) throw new AppError("weights-missing", { path: join(path, file) });
  const check = weightsOfPackage(model, join(path, file), weights.bytes, (entries) => {
    const shapes = Object.fromEntries(entries.map((entry) => [entry.name, entry]));
    const problem = problemOfModel({ description: model, weights: Object.assign(Object.create(null), shapes) });
    if (problem !== undefined) throw new AppError("model-package-damaged", { path, reason: problem });
  });
  await weights.copyTo(join(folder, file), (piece) => {
    check.push(piece);
    alive();
  });
  check.end();
  for (const name of [...pack.others, goldenFile]) {
    const other = pack.file(name);
    if (name === goldenFile && other && other.bytes > largestGolden)
      throw new AppError("model-golden-damaged", { path: join(path, name), reason: reason("golden-too-large") });
    await other?.copyTo(join(folder, name));
  }
  // Its form; the answers are compared where networks compute.
  await readGolden(folder, model).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== "model-golden-damaged") throw error;
    const { details } = error as AppError<"model-golden-damaged">;
    throw new AppError("model-golden-damaged", { ...details, path: join(path, goldenFile) }, { cause: error });
  });
  return model;
}

const texts = ["README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"] as const;

function folderPackage(from: string): Package {
  return {
    file(name) {
      if (!existsSync(join(from, name))) return undefined;
      const real = insideOf(from, name);
      return {
        bytes: statSync(real).size,
        async copyTo(path, look) {
          const target = await open(path, "wx");
          try {
            let at = 0;
            for (const piece of regularFilePieces(real)) {
              look?.(piece);
              await writeAll(target, piece, at);
              at += piece.length;
            }
            await target.sync();
          } finally {
            await target.close();
          }
        },
      };
    },
    others: texts,
    close: () => {},
  };
}

/** Without a valid description the usual name is taken; reading the whole model then reports what is wrong. */
function weightsNamedIn(text: string): string {
  let file: unknown;
  try {
    file = (JSON.parse(text) as { weights?: { file?: unknown } } | null)?.weights?.file;
  } catch {
    file = undefined;
  }
  const name = typeof file === "string" && !file.includes("\0") ? basename(file).slice(0, 200) : "";
  return name === "" || /^\.+$/.test(name) ? "weights.safetensors" : name;
}

/** A file of the package. A link may lead to another file of the package; what leads out of it is not taken along. */
function insideOf(folder: string, name: string): string {
  const real = canonical(join(folder, name));
  if (isWithin(canonical(folder), real)) return real;
  throw new AppError("model-package-damaged", { path: folder, reason: reason("member-link-elsewhere", { name }) });
}

/** Members of the archive's top folder, or of the one folder it holds; names from outside never become paths. */
async function archivePackage(path: string): Promise<Package> {
  const archive = await openZip(path, { members: 5000 });
  const inside = archive.members
    .find(({ name }) => /(^|\/)model\.json$/.test(name))
    ?.name.slice(0, -"model.json".length);
  const named = new Map(
    archive.members.flatMap((member) =>
      inside !== undefined && member.name.startsWith(inside)
        ? [[member.name.slice(inside.length), member] as const]
        : [],
    ),
  );
  return {
    file: (name) => named.get(name),
    others: [...named.keys()].filter((name) => words.test(name)),
    close: () => archive.close(),
  };
}

/** The text of the package's licence file, if it has one. */
export const licenceOf = (folder: string): string | null =>
  textOf(folder, ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE"], 20_000);

/** The text of the package's README, if it has one. */
export const cardOf = (folder: string): string | null => textOf(folder, ["README.md"], 20_000);

function textOf(folder: string, names: readonly string[], most: number): string | null {
  const name = names.find((each) => existsSync(join(folder, each)));
  if (name === undefined) return null;
  try {
    return readPlainText(join(folder, name), 1 << 20).slice(0, most);
  } catch {
    // A link, or not a text: the model is usable without it.
    return null;
  }
}
