import { format, t, translate } from "../../i18n/index.ts";

/** A setting of a training as the Train panel names it; one that has no field there under its own name. */
export function fieldName(key: string): string {
  if (key === "chosen") return t("train.chosen");
  const words = translate(`train.field.${key}`, {}, "train.field.other");
  return words === t("train.field.other") ? key : words;
}

/** Its value: an option in words, a number as the language writes it, of what the labels decided the names of the settings. */
export function fieldValue(key: string, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return t(value ? "models.setting.yes" : "models.setting.no");
  if (typeof value === "number") return format.number(value, { maximumSignificantDigits: 6 });
  if (typeof value === "object" && "values" in value && typeof value.values === "object" && value.values !== null)
    return Object.keys(value.values).map(fieldName).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  const words = translate(`train.option.${key}.${String(value)}`, {}, "train.field.other");
  return words === t("train.field.other") ? String(value) : words;
}
