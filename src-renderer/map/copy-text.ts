import { t } from "../i18n/index.ts";
import { notices } from "../ui/notices.svelte.ts";

/** Copies `text` and says so; `shown` is what the notice names. */
export async function copyText(text: string, shown = text): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notices.say("success", t("map.menu.copied", { text: shown }));
  } catch {
    notices.say("warning", t("map.menu.copyFailed"));
  }
}
