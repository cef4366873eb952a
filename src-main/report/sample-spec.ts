import { join } from "node:path";
import type { MetricRow, ReportSpec, SubsetScore } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { type Acquisition, bandNamesOf, withPieces } from "../../src-shared/eo/acquisition.ts";

/** A made-up run with everything a report can show, for tests and for looking at the layout. No figure here is a result. */
export function sampleSpec(outputPath: string): ReportSpec {
  const s2 = series("sentinel-2", ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"], 72, 6.7);
  const s1 = series("sentinel-1", ["VV", "VH"], 80, 6);
  return {
    kind: "report",
    folder: import.meta.dirname,
    seed: 7,
    provider: "auto",
    resume: false,
    appVersion: "0.1.0 (a1b2c3d)",
    title: "Crops of 2019 near Geraardsbergen: layout sample with made-up figures",
    outputPath,
    legend: sampleLegend,
    imagery: {
      modalities: [modality("s2", "sentinel-2", s2, 10, [4, 5, 6, 7]), modality("s1-asc", "sentinel-1", s1, 20, [])],
      acquisitions: [...s2, ...s1],
    },
    map: {
      classPath: fixture("small-class.tif"),
      confidencePath: fixture("small-confidence.tif"),
      probabilitiesPath: null,
      sidecarPaths: [],
      qmlPath: fixture("small-class.qml"),
      sldPath: fixture("small-class.sld"),
      tiles: 121,
      seconds: 14.2,
      pixels: { "1": 1214, "2": 702, "3": 801, "4": 201, "5": 103 },
    },
    evaluations: [
      {
        part: "test",
        subsets: [
          scored(
            ["s1-asc"],
            [
              [432, 71, 48, 20],
              [92, 300, 55, 12],
              [31, 46, 141, 14],
              [11, 5, 14, 109],
            ],
          ),
          scored(
            ["s2", "s1-asc"],
            [
              [531, 20, 22, 6],
              [14, 371, 25, 3],
              [12, 26, 196, 9],
              [9, 5, 15, 137],
            ],
          ),
          scored(
            ["s2"],
            [
              [519, 31, 22, 9],
              [25, 352, 30, 3],
              [13, 33, 190, 12],
              [9, 6, 16, 131],
            ],
          ),
        ],
      },
    ],
    curves: [
      { title: "Pre-training", metrics: noisyLoss(2400) },
      { title: "Fine-tuning", metrics: fineTuning(60) },
    ],
    phases: [
      { name: "Import and alignment", seconds: 8.31 },
      { name: "Pre-training", seconds: 214.6 },
      { name: "Fine-tuning", seconds: 156.2 },
      { name: "Map", seconds: 14.2 },
      { name: "Evaluation", seconds: 5.04 },
    ],
    tables: [
      {
        title: "Beside other methods, same test pixels, four classes",
        columns: ["Method", "Inputs", "Overall accuracy", "Macro F1", "Test pixels"],
        rows: [
          ["OmniSat, mean of three seeds", "Sentinel-2 + Sentinel-1", 0.882, 0.847, 1401],
          ["OmniSat, mean of three seeds", "Sentinel-2", 0.851, 0.812, 1401],
          ["OmniSat, mean of three seeds", "Sentinel-1", 0.701, 0.668, 1401],
          ["Random forest", "Sentinel-2 + Sentinel-1", 0.767, 0.65, 1401],
          ["Random forest", "Sentinel-1", 0.675, 0.56, 1401],
          ["Majority class", "none", 0.393, 0.14, null],
        ],
        note: "Differences under about 0.05 mean nothing here: the test part holds few parcels.",
        bestPerColumn: [null, null, "highest", "highest", null],
      },
    ],
    areas: null,
    notes: [
      "Nothing was chosen on the test parcels: the number of epochs was set by leaving one training parcel out at a time.",
      "Two of the 72 dates of Sentinel-2 are fully clouded and were left in; the network is told which pixels are clear.",
    ],
    attribution: [
      "Contains modified Copernicus Sentinel data 2018–2019.",
      "Parcels: Landbouwgebruikspercelen (LPIS) Flanders, open data licence, through WorldCereal (MIT).",
    ],
  };
}

const sampleLegend: readonly LegendClass[] = [
  { code: 1, name: "Winter wheat", color: "#d6a43c" },
  { code: 2, name: "Maize", color: "#f0d646" },
  { code: 3, name: "Permanent grass", color: "#60a058" },
  { code: 4, name: "Not a crop", color: "#9696a0" },
  { code: 5, name: "Water", color: "#3c6eaa" },
];

const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name);

function series(
  sensor: Acquisition["sensor"],
  bands: readonly string[],
  count: number,
  everyDays: number,
): Acquisition[] {
  const start = Date.UTC(2018, 7, 2);
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(start + Math.round(index * everyDays) * 86_400_000).toISOString().slice(0, 10);
    const optical = sensor === "sentinel-2";
    return withPieces({
      id: `${sensor}-${date}`,
      sensor,
      date,
      bands: bands.map((name, band) => ({
        name,
        path: `/data/${sensor}_${date}.tif`,
        bandIndex: band + 1,
        scale: 1,
        offset: 0,
      })),
      ...(optical ? { quality: { kind: "scl" as const, path: `/data/scl_${date}.tif`, bandIndex: 1 } } : {}),
      radiometry: {
        quantity: optical ? ("reflectance" as const) : ("backscatter-db" as const),
        scale: optical ? 0.0001 : 1,
        offset: 0,
        decidedBy: optical
          ? { code: "scale-tags" as const, scale: 0.0001, offset: 0 }
          : { code: "median-negative" as const, median: -14 + (index % 40) / 10 },
        warnings:
          index === 5 && optical
            ? [{ code: "written" as const, text: "More than half of the pixels are missing" }]
            : [],
      },
      evidence: [],
    });
  });
}

function modality(
  name: string,
  sensor: Acquisition["sensor"],
  acquisitions: readonly Acquisition[],
  resolutionMeters: number,
  clearClasses: readonly number[],
): ReportSpec["imagery"]["modalities"][number] {
  return {
    name,
    kind: "series",
    sensor,
    bands: bandNamesOf(acquisitions[0]!),
    resolutionMeters,
    patchPixels: 1,
    acquisitions: acquisitions.map(({ id }) => id),
    duplicateDates: "best",
    resampling: "bilinear",
    clearClasses,
  };
}

/** The scores of a matrix with the map in rows. */
function scored(modalities: readonly string[], confusion: readonly (readonly number[])[]): SubsetScore {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const samples = sum(confusion.map(sum));
  const classes = confusion.map((row, index) => {
    const support = sum(confusion.map((other) => other[index]!));
    const [precision, recall] = [row[index]! / sum(row), row[index]! / support];
    return { ...sampleLegend[index]!, precision, recall, f1: (2 * precision * recall) / (precision + recall), support };
  });
  const overallAccuracy = sum(confusion.map((row, index) => row[index]!)) / samples;
  const reach = 1.96 * Math.sqrt((overallAccuracy * (1 - overallAccuracy)) / samples);
  return {
    modalities,
    classSet: classes.map(({ code }) => code),
    samples,
    overallAccuracy,
    overallAccuracyInterval: [overallAccuracy - reach, overallAccuracy + reach],
    macroF1: sum(classes.map(({ f1 }) => f1)) / classes.length,
    weightedF1: sum(classes.map(({ f1, support }) => f1 * support)) / samples,
    microF1: overallAccuracy,
    classes: classes.map(({ code, name, precision, recall, f1, support }) => ({
      code,
      name,
      precision,
      recall,
      f1,
      support,
    })),
    confusion,
  };
}

/** The same noise every time. */
function noise(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff - 0.5;
  };
}

function noisyLoss(steps: number): MetricRow[] {
  const next = noise();
  return Array.from({ length: steps }, (_, index) => {
    const contrastive = 1.1 + 3.2 * Math.exp(-index / 500) + next() * 0.8;
    const reconstruction = 0.35 + 0.9 * Math.exp(-index / 250) + next() * 0.25;
    return {
      step: index + 1,
      values: {
        loss: contrastive + reconstruction,
        contrastiveLoss: contrastive,
        reconstructionLoss: reconstruction,
        learningRate: 1e-3 * 0.5 * (1 + Math.cos((Math.PI * index) / steps)),
      },
    };
  });
}

function fineTuning(epochs: number): MetricRow[] {
  const next = noise();
  return Array.from({ length: epochs }, (_, index) => ({
    step: index + 1,
    values: {
      loss: 0.12 + 1.2 * Math.exp(-index / 9) + next() * 0.05,
      validationLoss: 0.34 + 0.9 * Math.exp(-index / 8) + next() * 0.08,
      validationMacroF1: 0.86 - 0.6 * Math.exp(-index / 7) + next() * 0.03,
      validationAccuracy: 0.9 - 0.5 * Math.exp(-index / 6) + next() * 0.02,
    },
  }));
}
