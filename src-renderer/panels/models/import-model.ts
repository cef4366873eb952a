import { choosePath, invoke } from "../../client/index.ts";
import { t } from "../../i18n/index.ts";
import { maps } from "../../state/index.ts";
import { notices } from "../../ui/index.ts";

/** Brings a model from elsewhere into the project: a .zip, or a folder. */
export async function importModel(kind: "file" | "folder"): Promise<void> {
  const title = t("models.import.title");
  const path = await choosePath(
    kind === "folder"
      ? { kind: "open-folder", title }
      : { kind: "open", title, filters: [{ name: t("models.package"), extensions: ["zip"] }] },
  );
  if (path === null) return;
  try {
    const { name } = await invoke("models.import", { path });
    notices.say("success", t("models.imported", { name }), { label: t("models.open"), run: () => (maps.model = name) });
  } catch (error) {
    notices.fail(error);
  }
}
