/** Two images of one place: how far one is displaced against the other. README.md says how it is measured and when it is refused. */
export {
  type MeasuredPatch,
  measureShift,
} from "./measure-shift.ts";
