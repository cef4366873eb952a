import type { TimelineEntry } from "../../../src-shared/ipc/index.ts";
import { t } from "../../i18n/index.ts";

/** The pass of a radar satellite, as a word. */
export const passWord = (pass: NonNullable<TimelineEntry["pass"]>): string =>
  pass === "ascending" ? t("time.ascending") : t("time.descending");

/** The same where there is little room. */
export const passShort = (pass: NonNullable<TimelineEntry["pass"]>): string =>
  pass === "ascending" ? t("time.asc") : t("time.desc");
