import { type Method, type MethodTraits, usesEncoder } from "../../src-shared/domain/method.ts";
import { t } from "./index.ts";

/** A method as tables call it, with what it learns from where that is more than monthly values. */
export const methodName = (method: Method, { features, instant }: MethodTraits = {}): string =>
  instant
    ? t("instant.title")
    : usesEncoder(features)
      ? `${t(`train.option.method.${method}`)} ${t(`train.features.${features}`)}`
      : t(`train.option.method.${method}`);
