import { vectorEndings } from "../../../src-shared/domain/file-endings.ts";
import { choosePaths, invoke } from "../../client/index.ts";
import { t } from "../../i18n/index.ts";
import { notices } from "../../ui/index.ts";

/** Shows vector files as they are; what cannot be read says why. Answers how many are shown. */
export async function addVectorFiles(paths: readonly string[]): Promise<number> {
  let added = 0;
  for (const path of paths) {
    try {
      await invoke("vectors.add", { path });
      added++;
    } catch (error) {
      notices.fail(error);
    }
  }
  return added;
}

export async function addVectors(): Promise<void> {
  const paths = await choosePaths({
    kind: "open",
    title: t("layers.addVector"),
    multiple: true,
    filters: [{ name: t("layers.vectorFiles"), extensions: [...vectorEndings] }],
  });
  if (paths) await addVectorFiles(paths);
}
