/** Comparing the network with reference numbers: `omnisat parity DIR`. */
export { formatLine, type ParityLine } from "./compare.ts";
export { type ParityOptions, type ParityReport, parity } from "./parity.ts";
