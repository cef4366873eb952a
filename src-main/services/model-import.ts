import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { AppError, type ErrorDetails } from "../../src-shared/errors/index.ts";
import { canonical, copyPlain, isWithin, readPlainText } from "../catalog/index.ts";
import { DamagedZip, diskError, isDiskFull, openZip } from "../files/index.ts";
import type { ModelDescription } from "../learning/model.ts";
import { readOwnApart, whyGivenUp } from "./reading-tasks.ts";

const wanted = /^(model\.json|weights\.safetensors|README\.md|LICEN[CS]E(\.(md|txt))?)$/i;

/**
 * Copies a model package into `folder`, which does not exist yet, and reads it whole there: what is damaged, or is no model,
 * leaves nothing behind. Done in a process that can be killed.
 * @throws AppError "model-package-not-found", "model-package-damaged", "no-disk-space"
 */
export async function unpackModel(path: string, folder: string): Promise<ModelDescription> {
  if (!existsSync(path)) throw new AppError("model-package-not-found", { path });
  try {
    return await readOwnApart("model", { path, folder });
  } catch (error) {
    // The process that was killed tidied nothing up.
    rmSync(folder, { recursive: true, force: true });
    if (error instanceof AppError && error.code === "vector-too-costly") {
      const reason = whyGivenUp(error.details as ErrorDetails<"vector-too-costly">);
      throw new AppError("model-package-damaged", { path, reason }, { cause: error });
    }
    throw error;
  }
}

/** The same in this process. Only files that belong to a model are taken, whatever else a package holds. */
export async function unpackHere(path: string, folder: string): Promise<ModelDescription> {
  if (!existsSync(path)) throw new AppError("model-package-not-found", { path });
  mkdirSync(folder, { recursive: true });
  try {
    if (statSync(path).isDirectory()) copyFolder(path, folder);
    else await extract(path, folder);
    if (!existsSync(join(folder, "model.json"))) throw new AppError("model-package-not-found", { path });
    const [{ readModel }, { problemOfModel }] = await Promise.all([
      import("../learning/model.ts"),
      import("../jobs/model-tensors.ts"),
    ]);
    const model = await readModel(folder);
    const problem = problemOfModel(model);
    if (problem !== undefined) throw new AppError("model-package-damaged", { path, reason: problem });
    return model.description;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (isDiskFull(error)) throw diskError(folder, error);
    // The copy is gone: the sentence names the package that the person chose.
    if (error instanceof AppError && /^(model|weights)-(damaged|unreadable|missing)$/.test(error.code)) {
      const reason = error.code === "model-damaged" ? "its weights are not those of its model.json" : error.message;
      throw new AppError("model-package-damaged", { path, reason }, { cause: error });
    }
    if (error instanceof DamagedZip)
      throw new AppError("model-package-damaged", { path, reason: error.message }, { cause: error });
    // A folder where a file belongs, a name that the disk cannot hold, no right to read.
    if (!(error instanceof AppError) && typeof code === "string" && /^E[A-Z]+$/.test(code))
      throw new AppError("model-package-damaged", { path, reason: `the system says ${code}` }, { cause: error });
    throw error;
  }
}

function copyFolder(from: string, to: string): void {
  if (!existsSync(join(from, "model.json"))) throw new AppError("model-package-not-found", { path: from });
  const names = ["model.json", weightsNamedIn(readPlainText(insideOf(from, "model.json")))];
  for (const name of [...names, "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"]) {
    if (existsSync(join(from, name))) copyPlain(insideOf(from, name), join(to, name));
  }
}

/** What is no description has the usual name: reading it whole says afterwards what is wrong. */
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
  throw new AppError("model-package-damaged", { path: folder, reason: `“${name}” is a link to another place` });
}

/** Members of the archive's top folder, or of the one folder it holds; names from outside never become paths. */
async function extract(path: string, folder: string): Promise<void> {
  const archive = await openZip(path, { members: 5000 });
  try {
    const model = archive.members.find(({ name }) => /(^|\/)model\.json$/.test(name));
    if (!model) throw new AppError("model-package-not-found", { path });
    const inside = model.name.slice(0, -"model.json".length);
    for (const member of archive.members) {
      const name = member.name.startsWith(inside) ? member.name.slice(inside.length) : "";
      if (wanted.test(name)) await member.copyTo(join(folder, name));
    }
  } finally {
    await archive.close();
  }
}

/** The text of the package's licence file, if it has one. */
export function licenceOf(folder: string): string | null {
  const name = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE"].find((each) => existsSync(join(folder, each)));
  if (name === undefined) return null;
  try {
    return readPlainText(join(folder, name), 1 << 20).slice(0, 20_000);
  } catch {
    // A link, or not a text: the model is usable without it.
    return null;
  }
}
