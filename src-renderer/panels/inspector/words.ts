import { type SensorId, sensors } from "../../../src-shared/eo/sensors.ts";
import type { Variable } from "../../../src-shared/ipc/index.ts";
import { format, t } from "../../i18n/index.ts";

/** What a curve is measured in. */
export function unitWord(unit: Variable["unit"]): string {
  if (unit === "reflectance") return t("inspector.unit.reflectance");
  if (unit === "brightness") return t("inspector.unit.brightness");
  if (unit === "ratio") return t("inspector.unit.index");
  return unit;
}

/** A band's long name and wavelength, an index's formula. */
export function variableTitle(sensor: SensorId, { name, kind, wavelengthNanometers, formula }: Variable): string {
  if (kind === "index") return `${name} = ${formula}`;
  const title = sensors[sensor].bands.find((band) => band.name === name)?.title ?? name;
  return wavelengthNanometers === null ? title : `${title}, ${format.integer(wavelengthNanometers)} nm`;
}
