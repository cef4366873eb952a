import {
  type AlignedDate,
  type AlignModel,
  alignModels,
  datesBeyond,
  isOff,
} from "../../../../src-shared/domain/alignment.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { type Command, command } from "../command.ts";
import { table } from "../table.ts";
import { withProject } from "../with-project.ts";

const usualThreshold = 0.25;

const refusals: Readonly<Record<NonNullable<AlignedDate["refused"]>, string>> = {
  texture: "too few edges",
  clouds: "too cloudy",
  overlap: "too little common ground",
  ambiguous: "several shifts fit equally well",
  inconsistent: "parts of the image disagree",
  "too-far": "further off than was searched",
};

const align = command({
  name: "project align",
  summary: "measure how far the dates of a series lie off, and correct them",
  details:
    "Each date is compared with the median of all dates, or with one image, by phase correlation of edges in windows over the project; SIGMA is the standard error. Without --apply nothing changes. --apply corrects the dates that lie off by at least --threshold, for certain (three times the standard error): they are moved whenever they are read, the files stay as they are, and the window's undo takes it back.",
  positionals: [{ name: "PROJECT", summary: "the project's folder" }],
  options: {
    modality: { type: "text", value: "NAME", summary: "whose dates", fallback: "the only optical series" },
    reference: {
      type: "text",
      value: "DATE|median",
      summary: "what to compare with: a date or an id of an image, or the median of the dates",
      fallback: "median",
    },
    against: { type: "text", value: "NAME", summary: "the input that the reference belongs to, as in s2 for radar" },
    model: {
      type: "text",
      summary:
        "what each date is corrected by: one shift, an affine displacement, or one that differs from place to place",
      choices: [...alignModels],
      fallback: "shift",
    },
    threshold: {
      type: "number",
      value: "PIXELS",
      summary: "least distance that is corrected",
      fallback: String(usualThreshold),
    },
    apply: { type: "flag", summary: "correct the dates beyond the threshold" },
  },
  examples: [
    ["omnisat project align flanders", "how far every Sentinel-2 date lies off the median of all"],
    ["omnisat project align flanders --reference 2019-04-21 --apply", "bring the dates onto one of them"],
  ],
  async run({ words, options, output, signal }) {
    const pixels = options.threshold ?? usualThreshold;
    if (!(pixels >= 0))
      throw new AppError("usage", {
        help: "omnisat project align --help",
        problem: `--threshold needs pixels, 0 or more: ${pixels} is none.`,
      });
    const { modality, reference, against, model, apply } = options;
    return withProject({ project: words[0]!, purpose: "omnisat project align", output, signal }, async (services) => {
      const { id } = await services["alignment.align"]({
        modality,
        reference,
        against,
        ...(model === undefined ? {} : { model: model as AlignModel }),
      });
      await services["jobs.wait"]({ id });
      const measured = (await services["alignment.dates"]({ modality }))!;
      const applied = apply ? await services["alignment.apply"]({ job: id, pixels }) : [];
      const { dates, resolution } = measured;
      const told = dates.filter(({ refused }) => refused === null).length;
      const beyond = datesBeyond(dates, pixels);
      const rows = dates.map((date) => [
        date.date,
        date.off === null ? "" : date.off.toFixed(2),
        date.error === null ? "" : date.error.toFixed(2),
        date.residual === null ? "" : date.residual.toFixed(2),
        `${date.windows.used}/${date.windows.all}`,
        `${(100 * date.clear).toFixed(0)} %`,
        verdict(date, pixels, beyond.includes(date), apply),
      ]);
      output.result(
        { command: "project align", ...measured, threshold: pixels, applied },
        [
          table(["date", "off px", "sigma", "residual", "windows", "clear", ""], rows),
          `${told} of ${dates.length} dates could be measured (${measured.bands.moving}, pixels of ${resolution} m); ${beyond.length} lie off by at least ${pixels} pixels.`,
          apply
            ? `Corrected ${applied.length}. The files are unchanged.`
            : beyond.length > 0
              ? "Nothing was changed. --apply corrects these."
              : "Nothing to correct.",
        ].join("\n"),
      );
      return 0;
    });
  },
});

function verdict(date: AlignedDate, pixels: number, beyond: boolean, apply: boolean): string {
  if (date.refused !== null)
    return `${refusals[date.refused]}${date.refused === "too-far" ? ` (${date.reach} px)` : ""}`;
  if (beyond) return apply ? "corrected" : "to correct";
  if (isOff(date)) return "off, below the threshold";
  return date.off! >= pixels ? "not certain" : "aligned";
}

export const alignCommands: readonly Command[] = [align];
