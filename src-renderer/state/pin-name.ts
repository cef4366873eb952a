import { t } from "../i18n/index.ts";
import type { Pin } from "./pins.svelte.ts";

/** The name that a person gave a pin, or its kind and number. */
export const pinName = (pin: Pick<Pin, "name" | "slot" | "place">): string =>
  pin.name !== ""
    ? pin.name
    : pin.place.kind === "point"
      ? t("inspector.pin", { number: pin.slot + 1 })
      : t("inspector.field", { number: pin.slot + 1 });
