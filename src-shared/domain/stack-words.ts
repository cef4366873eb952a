// What a check of the dates of an input found, in sentences for people who read English; the window has its own in every language.
import type { StackFinding, StackRepair } from "../ipc/stack.ts";

const counted = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

/** The first few days, and how many more. */
function days(dates: readonly string[]): string {
  const some = dates.slice(0, 4).join(", ");
  return dates.length > 4 ? `${some} and ${dates.length - 4} more` : some;
}

const signed = (value: number, unit: string): string =>
  `${value > 0 ? "+" : "−"}${Math.abs(value).toPrecision(2)}${unit === "dB" ? " dB" : ""}`;

/** What was found, without the remedy. */
export function stackSentence(finding: StackFinding): string {
  const { dates, modality } = finding;
  const about = `“${modality}”, ${counted(dates.length, "date")} (${days(dates)})`;
  switch (finding.kind) {
    case "level": {
      const [first] = finding.figures;
      const evidence = first
        ? ` On ${first.date} the numbers differ from the other dates by ${signed(first.middle, finding.unit)} in the middle and ${signed(first.darkest, finding.unit)} where it is darkest, in ${first.agree} of ${counted(first.bands, "band")}.`
        : "";
      return `${about}: ${levelWords(finding.level, finding.factor)}.${evidence}`;
    }
    case "same-pixels":
      return `${about}: the same picture stands there ${finding.acquisitions.length === 2 ? "twice" : `${finding.acquisitions.length} times`} (${Math.floor(finding.same * 100)} % of the pixels are equal). It is no second look.`;
    case "several-products":
      return `${about}: there are several products of one overpass.`;
    case "orbits": {
      const parts = finding.orbits.map(({ pass, orbit, dates: count }) => `${[pass ?? "", orbit === null ? "" : `orbit ${orbit}`].filter((word) => word !== "").join(" ") || "orbit not known"}: ${counted(count, "date")}`); // biome-ignore format: one list
      const apart =
        finding.apart === null ? "" : ` The first two differ by ${finding.apart.toFixed(1)} dB on the same ground.`;
      return `“${modality}” mixes radar orbits (${parts.join("; ")}).${apart}`;
    }
    case "nothing-there":
      return `${about}: no pixel of them lies in the project's area.`;
    case "nothing-clear":
      return `${about}: their masks leave no clear pixel.`;
    case "long-gap":
      return `“${modality}”: between ${finding.from} and ${finding.to} (${finding.days} days) no date sees a third of the area clearly${finding.between > 0 ? `; ${counted(finding.between, "date")} in between see less` : ""}.`;
    case "unreadable":
      return `${about} could not be read. ${finding.reason}`;
  }
}

function levelWords(level: Extract<StackFinding, { kind: "level" }>["level"], factor: number | null): string {
  switch (level) {
    case "offset-still-in":
      return "every band is brighter by about 0.1, so the +1000 of newer products is still in";
    case "offset-taken-twice":
      return "every band is darker by about 0.1, so the +1000 of newer products was taken off twice";
    case "factor":
      return `the numbers are ${factor! > 1 ? `${factor} times` : `1/${Math.round(1 / factor!)} of`} those of the other dates`;
    case "linear-not-decibels":
      return "the numbers are linear power and are read as decibels";
    case "brighter":
      return "brighter than the other dates, also where it is darkest: clouds, haze or snow without a mask, or another processing";
    case "darker":
      return "darker than the other dates in every band: cloud shadow without a mask, wet ground or another processing";
  }
}

/** What the repair would do. */
export function stackRepairSentence(repair: StackRepair): string {
  switch (repair.kind) {
    case "add":
      return `Read ${counted(repair.acquisitions.length, "date")} as value ${repair.add < 0 ? "−" : "+"} ${Math.abs(repair.add)}.`;
    case "times":
      return `Read ${counted(repair.acquisitions.length, "date")} as value × ${repair.times}.`;
    case "linear":
      return `Read ${counted(repair.acquisitions.length, "date")} as linear power.`;
    case "leave-out":
      return `Leave ${counted(repair.acquisitions.length, "date")} out of the input.`;
    case "best-of-day":
      return "Take the clearest product of each overpass.";
    case "split-orbits":
      return "Make an input of each orbit.";
  }
}
