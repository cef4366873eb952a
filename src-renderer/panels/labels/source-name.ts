import type { LearnedFrom } from "../../../src-shared/domain/learned-from.ts";
import { folderOfShipped, isShippedName } from "../../../src-shared/domain/shipped-model.ts";
import { t } from "../../i18n/index.ts";

/** “values”, “europe-10m”, “values and europe-10m”. */
export function sourceName({ values, embedding }: LearnedFrom): string {
  if (embedding === null) return t("known.values");
  const name = isShippedName(embedding) ? folderOfShipped(embedding) : embedding;
  return values ? t("known.both", { name }) : name;
}
