import { format } from "../../i18n/index.ts";

/** Four digits that count, and the unit behind them. */
export const withUnit = (value: number, unit: string): string =>
  `${format.number(value, { maximumSignificantDigits: 4 })}${unit === "" ? "" : `\u202f${unit}`}`;
