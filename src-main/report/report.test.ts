import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plainSentence } from "../../src-shared/domain/finding-words.ts";
import type { ReportSpec } from "../../src-shared/domain/job.ts";
import { remarkSentence } from "../../src-shared/eo/remarks.ts";
import { openRaster, requireGeobox } from "../raster/index.ts";
import { type ReportContext, writeReport } from "./index.ts";
import { sampleSpec } from "./sample-spec.ts";

/** What `fixtures/read-report.py` sees in a report. */
interface Seen {
  readonly lang: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly tables: readonly { readonly caption: string; readonly rows: readonly (readonly string[])[] }[];
  readonly unscoped: readonly string[];
  readonly unnamed: readonly string[];
  readonly references: readonly string[];
  readonly ids: readonly string[];
  readonly tags: readonly string[];
  readonly handlers: readonly string[];
  readonly empty: readonly string[];
  readonly scale: readonly string[];
  readonly text: string;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "report-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function context(phases: [string, number][] = []): ReportContext & { readonly abort: AbortController } {
  const abort = new AbortController();
  return { abort, signal: abort.signal, phase: (name, fraction) => phases.push([name, fraction]) };
}

/** Writes a report and reads it with Python's XML parser, which accepts nothing that is not well-formed. */
async function seen(name: string, changes: Partial<ReportSpec> = {}): Promise<Seen> {
  const spec = { ...sampleSpec(join(folder, name)), ...changes };
  const { path } = await writeReport(spec, context());
  const script = join(import.meta.dirname, "fixtures", "read-report.py");
  return JSON.parse(execFileSync("python3", [script, path], { encoding: "utf8", maxBuffer: 1 << 26 }));
}

const tableOf = (report: Seen, caption: string) => report.tables.find((table) => table.caption === caption)!.rows;

test("a report is well-formed, says its language and has every part in order", async () => {
  const report = await seen("whole.html");
  expect(report.lang).toBe("en");
  expect(report.headings).toEqual([
    report.title,
    "Map",
    "Comparison",
    "Accuracy",
    "Training curves",
    "Pre-training",
    "Fine-tuning",
    "Data used",
    "Time",
    "Notes",
    "Sources and licences",
  ]);
  expect(report.text).toContain("Contains modified Copernicus Sentinel data 2018–2019.");
});

test("a report refers to nothing outside itself and runs no script", async () => {
  const report = await seen("closed.html");
  for (const reference of report.references) expect(reference).toMatch(/^(#|data:image\/png;base64,)/);
  for (const target of report.references.filter((reference) => reference.startsWith("#"))) {
    expect(report.ids).toContain(target.slice(1));
  }
  expect(report.tags).not.toContain("script");
  expect(report.tags).not.toContain("link");
  const text = readFileSync(join(folder, "closed.html"), "utf8");
  expect(text).not.toMatch(/https?:|url\(|@import/);
});

test("every table heading has a scope and every drawing a name", async () => {
  const report = await seen("accessible.html");
  expect(report.unscoped).toEqual([]);
  expect(report.unnamed).toEqual([]);
  expect(new Set(report.ids).size).toBe(report.ids.length);
});

test("the area table holds every class, its hectares and a warning", async () => {
  const report = await seen("areas.html");
  expect(tableOf(report, "Legend and mapped area")).toEqual([
    ["Class", "Pixels", "ha", "Share"],
    ["Winter wheat", "1214", "12.14", "40.2 %"],
    ["Maize", "702", "7.02", "23.2 %"],
    ["Permanent grass", "801", "8.01", "26.5 %"],
    ["Not a crop", "201", "2.01", "6.7 %"],
    ["Water", "103", "1.03", "3.4 %"],
    ["Total", "3021", "30.21", "100.0 %"],
  ]);
  expect(report.text).toContain("Counted pixels are not an area estimate");
  expect(report.scale).toEqual(["100", "100"]);
});

test("what was found of many images stands there once, with their number and the range of its numbers", async () => {
  const spec = sampleSpec(join(folder, "doubts.html"));
  const acquisitions = spec.imagery.acquisitions.map((acquisition, index) => {
    const warnings = [
      { code: "baseline-against-tags" as const, baseline: index % 2 ? "04.00" : "05.09" },
      { code: "offset-probably-in" as const, dates: 3, darkest: index },
    ];
    const files = acquisition.pieces.map((piece) => ({
      ...piece,
      files: piece.files.map((file) => ({ ...file, radiometry: { ...file.radiometry, warnings } })),
    }));
    return { ...acquisition, pieces: files };
  });
  await writeReport({ ...spec, imagery: { ...spec.imagery, acquisitions } }, context());
  const text = readFileSync(spec.outputPath, "utf8").replaceAll(/<[^>]+>/g, " ");
  const times = (words: string) => text.split(words).length - 1;
  // One of each baseline, and one of the darkest values, over 152 images of two inputs.
  expect(times("Doubt.")).toBe(3);
  expect(text).toMatch(/152 images of Sentinel-2, Sentinel-1: In 3 dates .*darkest 0 to 151/);
  expect(text).toMatch(/76 images of Sentinel-2, Sentinel-1: .*04\.00/);
  expect(times(remarkSentence({ code: "median-negative", median: -12 }).slice(0, 20))).toBe(1);
  expect(text).toMatch(/median -14 to -10\.1/);
});

test("areas are corrected by the test labels with an interval each, and where they cannot be it is said why", async () => {
  const spec = sampleSpec(join(folder, "corrected.html"));
  const each = { error: 1.5, usersAccuracy: 0.9, producersAccuracy: 0.8 };
  const corrected = {
    samples: 1405,
    overallAccuracy: 0.88,
    overallAccuracyError: 0.02,
    classes: [
      { code: 1, hectares: 11.25, ...each },
      { code: 5, hectares: 0.5, ...each },
    ],
  };
  const report = await seen("corrected.html", { corrected });
  expect(tableOf(report, "Area corrected by the test labels")).toEqual([
    ["Class", "ha", "95 % interval, ha", "User’s accuracy", "Producer’s accuracy"],
    ["Winter wheat", "11.25", "9.75\u2060–\u206012.75", "90.0 %", "80.0 %"],
    ["Water", "0.50", "0.00\u2060–\u20602.00", "90.0 %", "80.0 %"],
  ]);
  // A sample that found no error in a class: no interval of no width, and what may be wrong all the same.
  const drawn = { name: "first", method: "stratified", seed: 3, places: 40, cannotTell: 0, open: 0, otherHectares: 0 } as const; // biome-ignore format: one line
  const classes = [
    { ...corrected.classes[0]!, error: 0, usersAccuracy: 1, noErrorIn: 10 },
    { ...corrected.classes[1]!, error: 0.25 },
  ];
  const sampled = await seen("sampled.html", { corrected: { ...corrected, samples: 40, sample: drawn, classes } });
  expect(
    tableOf(sampled, "Area estimated from a probability sample")
      .slice(1)
      .map((row) => row[2]),
  ).toEqual(["–", "0.25\u2060–\u20600.75"]);
  expect(sampled.text).toContain("40 places drawn by random sampling within each class of the map (seed 3)");
  expect(sampled.text).toContain("of each may still be wrong (95 %): Winter wheat 25.9 %.");
  await writeReport({ ...spec, corrected: { reason: "too-few-samples", classes: ["Maize"] } }, context());
  expect(readFileSync(spec.outputPath, "utf8")).toContain("fewer than two test patches: Maize");
  await writeReport({ ...spec, corrected: { reason: "no-evaluation", classes: [] } }, context());
  expect(readFileSync(spec.outputPath, "utf8")).toContain("The areas are not corrected: this model was not measured");
});

test("the sample design names the split, its sets class by class, and what the test part stands for", async () => {
  const spec = sampleSpec(join(folder, "design.html"));
  const count = (classCode: number, part: "train" | "test" | "unused", items: number, weight: number) => ({ classCode, part, items, weight }); // biome-ignore format: one line
  const design = {
    method: "blocks" as const,
    parameters: { blockMeters: 320, bufferMeters: 20, seed: 4, shares: { train: 0.6, validation: 0.1, test: 0.3 } },
    optimistic: false,
    counts: [count(1, "train", 7, 400), count(1, "test", 3, 181), count(2, "test", 2, 90), count(2, "unused", 0, 0)],
    classes: [
      { code: 1, name: "Winter wheat" },
      { code: 2, name: "Maize" },
      { code: 9, name: "Never drawn" },
    ],
  };
  const report = await seen("design.html", { design });
  expect(tableOf(report, "Labels in each set (polygons, patches)")).toEqual([
    ["Class", "Training", "Test"],
    ["Winter wheat", "7 400 patches", "3 181 patches"],
    ["Maize", "–", "2 90 patches"],
    ["Total", "7 400 patches", "5 271 patches"],
  ]);
  const text = report.text;
  expect(text).toContain("split by squares of 320 m, with 20 m left out beside borders");
  expect(text).toContain("60.0 % train, 10.0 % validation, 30.0 % test wanted, seed 4");
  expect(text).toContain("The test part has 5 polygons with 271 patches");
  expect(text).not.toContain("look better than it is");
  await writeReport({ ...spec, design: { ...design, method: "random", optimistic: true } }, context());
  expect(readFileSync(spec.outputPath, "utf8")).toContain("looks better than it is");
});

test("separate places of a map are shown one by one, the largest of many", async () => {
  const spec = sampleSpec(join(folder, "places.html"));
  const raster = await openRaster(spec.map!.classPath);
  const grid = requireGeobox(raster);
  raster.close();
  const { a, b, c, d, e, f } = grid.affine;
  const places = Array.from({ length: 14 }, (_, index) => ({
    number: index + 1,
    area: { ...grid, affine: { a: a + b * 4 * index, b, c, d, e, f }, width: 4, height: 6 },
    patches: index < 2 ? 3 : 24,
    pixels: { "1": 24 },
    files: null,
  }));
  const written = async (count: number) => {
    await writeReport({ ...spec, map: { ...spec.map!, places: places.slice(0, count) } }, context());
    return readFileSync(spec.outputPath, "utf8");
  };
  const shown = async (count: number) => {
    const text = await written(count);
    return [...text.matchAll(/<figcaption>([^<]*class map|Class map)/gi)].map(([, title]) => title);
  };
  expect(await shown(1)).toEqual(["Class map"]);
  expect(await shown(3)).toEqual([1, 2, 3].map((number) => `Place ${number}, class map`));
  expect(await shown(14)).toEqual(Array.from({ length: 12 }, (_, index) => `Place ${index + 3}, class map`));
  expect(await written(14)).toContain("12 of 14 separate places are shown, the largest.");
});

test("a table lists the places of a map with where they lie, their hectares and the pixels of each class", {
  tags: ["gdal"],
}, async () => {
  const spec = sampleSpec(join(folder, "place-table.html"));
  const raster = await openRaster(spec.map!.classPath);
  const grid = requireGeobox(raster);
  raster.close();
  const { a, b, d, e, f } = grid.affine;
  const at = (number: number, meters: number, pixels: Record<string, number>) => ({
    number,
    area: { ...grid, affine: { ...grid.affine, a: a + meters }, width: 20, height: 10 },
    patches: Object.values(pixels).reduce((sum, count) => sum + count, 0),
    pixels,
    files: null,
  });
  const places = [at(1, 0, { "1": 150, "3": 50 }), at(2, 90_000, { "2": 7, "9": 3 })];
  const rowsOf = async (more: readonly ReturnType<typeof at>[]) => {
    await writeReport({ ...spec, map: { ...spec.map!, places: more } }, context());
    const text = readFileSync(spec.outputPath, "utf8");
    const body = /<caption>Places<\/caption>([\s\S]*?)<\/table>/.exec(text)?.[1] ?? "";
    const cells = [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
      [...row!.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => cell!.replace(/<[^>]*>/g, "").trim()),
    );
    return { text, cells };
  };
  const { cells, text } = await rowsOf(places);
  const lonLat = places.map(({ area }) =>
    execFileSync("gdaltransform", ["-s_srs", grid.crs, "-t_srs", "OGC:CRS84", "-output_xy"], {
      input: `${area.affine.a + 10 * b} ${d + e * 10 + f * 5}`,
      encoding: "utf8",
    })
      .trim()
      .split(" ")
      .map((value) => Number(value).toFixed(4))
      .join(", "),
  );
  const names = spec.legend.map(({ name }) => name);
  expect(cells[0]).toEqual(["Place", "Middle (longitude, latitude)", "Mapped, ha", ...names]);
  const filled = (pixels: Record<string, number>) => spec.legend.map(({ code }) => String(pixels[code] ?? "–"));
  expect(cells[1]!.slice(0, 3)).toEqual(["Place 1", lonLat[0], "2.00"]);
  expect(cells[1]!.slice(3)).toEqual(filled(places[0]!.pixels));
  expect(cells[2]!.slice(0, 3)).toEqual(["Place 2", lonLat[1], "0.10"]);
  expect(cells[2]!.slice(3)).toEqual(filled({ "2": 7 }));
  expect(text).toContain("Accuracy is measured over all places together");
  // Of many places the largest; one place needs no table.
  const many = await rowsOf(Array.from({ length: 230 }, (_, i) => at(i + 1, 300 * i, { "1": i < 30 ? 1 : 5 })));
  expect(many.cells).toHaveLength(201);
  expect(many.cells[1]![0]).toBe("Place 31");
  expect(many.text).toContain("The largest 200 of 230 places.");
  expect((await rowsOf([])).cells).toEqual([]);
});

test("areas given with the spec go before those of the map, and codes without a class are shown", async () => {
  const report = await seen("given-areas.html", { areas: { pixels: { "1": 3, "77": 1 }, squareMetersPerPixel: 400 } });
  const rows = tableOf(report, "Legend and mapped area");
  expect(rows[1]).toEqual(["Winter wheat", "3", "0.12", "75.0 %"]);
  expect(rows.at(-2)).toEqual(["Code 77, not in the legend", "1", "0.04", "25.0 %"]);
  expect(rows.at(-1)).toEqual(["Total", "4", "0.16", "100.0 %"]);
});

test("the confusion matrix has the map in rows, the reference in columns, and totals of both", async () => {
  const report = await seen("matrix.html");
  expect(tableOf(report, "Confusion matrix in patches, Sentinel-2 + Sentinel-1")).toEqual([
    ["", "Reference", ""],
    ["Map", "Winter wheat", "Maize", "Permanent grass", "Not a crop", "Total"],
    ["Winter wheat", "531", "20", "22", "6", "579"],
    ["Maize", "14", "371", "25", "3", "413"],
    ["Permanent grass", "12", "26", "196", "9", "243"],
    ["Not a crop", "9", "5", "15", "137", "166"],
    ["Total", "566", "422", "258", "155", "1401"],
  ]);
  const perClass = tableOf(report, "Accuracy per class, Sentinel-2 + Sentinel-1");
  expect(perClass[1]).toEqual(["Winter wheat", "0.917", "0.938", "0.928", "566"]); // 531/579, 531/566
  expect(perClass).toHaveLength(5);
});

test("a class that is neither mapped nor in the reference has no score, and no part in the mean", async () => {
  const [evaluation] = sampleSpec("").evaluations;
  const all = evaluation!.subsets[1]!;
  const absent = { code: 5, name: "Water", precision: 0, recall: 0, f1: 0, support: 0 };
  const subset = {
    ...all,
    classSet: [1, 2, 3, 4, 5],
    classes: [...all.classes, absent],
    confusion: [...all.confusion.map((row) => [...row, 0]), [0, 0, 0, 0, 0]],
  };
  const report = await seen("absent.html", { evaluations: [{ part: "test", subsets: [subset] }] });
  expect(tableOf(report, "Accuracy per class, Sentinel-2 + Sentinel-1").at(-1)).toEqual(["Water", "–", "–", "–", "0"]);
  expect(report.text).toContain("mean of 4 of 5 classes: only these have reference patches");
});

test("classes the model was never taught are named, for they are in no table", async () => {
  const [evaluation] = sampleSpec("").evaluations;
  const untaught = [{ name: "Saffron <i>", polygons: 1 }];
  const report = await seen("untaught.html", { evaluations: [{ ...evaluation!, untaught }] });
  expect(report.text).toContain("never taught them: Saffron <i> (1 polygon).");
});

test("what forbids the use of a score or a map stands above it, before what is only worth knowing", async () => {
  const [evaluation] = sampleSpec("").evaluations;
  const { map } = sampleSpec("");
  const findings = [
    { code: "no-validation", details: {} },
    {
      code: "score-below-commonest",
      details: { modalities: ["s2"], accuracy: 0.16, commonest: "Maize", share: 0.734 },
    },
  ] as const;
  const report = await seen("findings.html", {
    evaluations: [{ ...evaluation!, findings }],
    map: { ...map!, findings: [findings[1]] },
  });
  const severe = "Do not rely on this. With s2 16.0 % of the patches are right; always answering “Maize” gets 73.4 %.";
  const first = report.text.indexOf(severe);
  const second = report.text.indexOf(severe, first + 1);
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(report.text.indexOf("Legend and mapped area"));
  expect(second).toBeGreaterThan(first);
  expect(second).toBeLessThan(report.text.indexOf("Nothing was set aside for validation"));
});

test("findings of a report are in plain words: no setting of the command line, no key of a loss, no name of a program", async () => {
  const [evaluation] = sampleSpec("").evaluations;
  const modalities = ["s2"];
  const commonest = { accuracy: 0.16, commonest: "Maize", share: 0.734 };
  const findings = [
    { code: "validation-below-commonest", details: { ...commonest, samples: 321 } },
    { code: "score-below-commonest", details: { ...commonest, modalities } },
    { code: "classes-never-found", details: { part: "test", modalities, classes: [{ name: "Maize", patches: 7 }] } },
    { code: "loss-zero", details: { term: "contrastive_loss" } },
    { code: "loss-zero", details: { term: "s2_reconstruction_loss" } },
    { code: "tiles-empty", details: { part: "train", tiles: 3, share: 0.07 } },
  ] as const;
  const report = await seen("plain.html", { evaluations: [{ ...evaluation!, findings }] });
  const sentences = findings.map((finding) => plainSentence(finding));
  for (const sentence of sentences) {
    expect(report.text).toContain(sentence);
    expect(sentence).not.toMatch(/_|\w=\w|[a-z][A-Z]|--\w/);
  }
  expect(report.text).toContain("with “Which places are shown” set to “Every patch equally often”");
  expect(report.text).toContain("The loss “reconstruction s2” ended at exactly 0");
  expect(report.text).toContain("mean of all 4 classes");
  // What is counted is a patch here, as in the window.
  expect(report.text).not.toMatch(/\bsamples\b/i);
});

test("the commonest class, the polygons and how many classes the mean is of stand beside every score", async () => {
  const [evaluation] = sampleSpec("").evaluations;
  const subset = {
    ...evaluation!.subsets[1]!,
    polygons: 17,
    commonest: { code: 1, name: "Winter wheat", share: 0.404 },
  };
  const report = await seen("baseline.html", { evaluations: [{ part: "test", subsets: [subset] }] });
  const [, row] = tableOf(report, "Accuracy by input, one set of weights");
  expect(row).toEqual(expect.arrayContaining(["17", "0.404 (Winter wheat)", "0.863 (4 of 4)"]));
});

test("all inputs together come first, then the subsets in the project's order", async () => {
  const report = await seen("subsets.html");
  const rows = tableOf(report, "Accuracy by input, one set of weights");
  expect(rows.slice(1).map((row) => row[0])).toEqual([
    "Sentinel-2 + Sentinel-1",
    "Sentinel-2 alone",
    "Sentinel-1 alone",
  ]);
  expect(rows[1]!.slice(1, 4)).toEqual(["1401", "–", "0.882"]);
});

test("small maps of one place stand below the figures, each with its macro F1; one of another size is left out", async () => {
  const [evaluation] = sampleSpec("").evaluations;
  const area = {
    crs: "EPSG:32631",
    affine: { a: 574_680, b: 10, c: 0, d: 5_622_440, e: 0, f: -10 },
    width: 3,
    height: 2,
  };
  const classes = Buffer.from([1, 2, 3, 0, 1, 1]).toString("base64");
  const maps = [["s2", "s1-asc"], ["s2"], ["s1-asc"]].map((modalities, i) => ({ modalities, classes: i < 2 ? classes : "AQ==" })); // biome-ignore format: one list
  const report = await seen("small-maps.html", { evaluations: [{ ...evaluation!, smallMaps: { area, maps } }] });
  const without = await seen("no-small-maps.html");
  expect(report.headings).toContain("With each input");
  expect(without.headings).not.toContain("With each input");
  expect(report.references.length).toBe(without.references.length + 2);
  expect(report.text).toMatch(/Sentinel-2 \+ Sentinel-1 ?macro F1 0\.863/);
  expect(report.text).toContain("over one place of 3 × 2 patches");
  expect(report.unnamed).toEqual([]);
});

test("tables that chose between different classes are kept apart, the one with most classes first", async () => {
  const [evaluation] = sampleSpec("").evaluations;
  const all = evaluation!.subsets[1]!;
  const fewer = {
    ...all,
    classSet: [1, 2],
    classes: all.classes.slice(0, 2),
    confusion: all.confusion.slice(0, 2).map((row) => row.slice(0, 2)),
  };
  const report = await seen("sets.html", { evaluations: [{ part: "test", subsets: [fewer, all] }] });
  expect(report.headings.filter((heading) => heading.startsWith("Choosing"))).toEqual([
    "Choosing between 4 classes: Winter wheat, Maize, Permanent grass, Not a crop",
    "Choosing between 2 classes: Winter wheat, Maize",
  ]);
});

test("names from users stay text", async () => {
  const spec = sampleSpec("");
  const hostile = `<script>alert("x")</script><img src=x onerror='y'> & co \u0000\ud800`;
  const [subset] = spec.evaluations[0]!.subsets;
  const report = await seen("hostile.html", {
    title: hostile,
    legend: spec.legend.map((each) => (each.code === 1 ? { ...each, name: hostile } : each)),
    evaluations: [
      {
        part: "test",
        subsets: [
          {
            ...subset!,
            modalities: [hostile],
            classes: subset!.classes.map((each) => (each.code === 1 ? { ...each, name: hostile } : each)),
          },
        ],
      },
    ],
    curves: [
      {
        title: hostile,
        metrics: [
          { step: 1, values: { [hostile]: 1 } },
          { step: 2, values: { [hostile]: 2 } },
        ],
      },
    ],
    tables: [{ title: hostile, columns: [hostile], rows: [[hostile]], note: hostile }],
    phases: [{ name: hostile, seconds: 1 }],
    notes: [hostile],
    attribution: [hostile],
  });
  const asText = `<script>alert("x")</script><img src=x onerror='y'> & co \ufffd\ufffd`;
  expect(report.title).toBe(asText);
  expect(tableOf(report, "Legend and mapped area")[1]![0]).toBe(asText);
  expect(report.tags).not.toContain("script");
  expect(report.tags).not.toContain("img");
  expect(report.handlers).toEqual([]);
});

test("a colour that is no colour cannot enter the style", async () => {
  const legend = [{ code: 1, name: "Trees", color: "red;background:url(x)" }];
  await expect(seen("color.html", { legend })).rejects.toThrow("is not #rrggbb");
  expect(readdirSync(folder)).not.toContain("color.html");
});

test("the same spec gives the same bytes", async () => {
  await seen("first.html");
  await seen("second.html");
  expect(readFileSync(join(folder, "first.html"))).toEqual(readFileSync(join(folder, "second.html")));
});

test("what a run does not have is said in a sentence", async () => {
  const report = await seen("empty.html", {
    legend: [],
    imagery: { modalities: [], acquisitions: [] },
    map: null,
    evaluations: [],
    curves: [],
    phases: [],
    tables: [],
    notes: [],
    attribution: [],
  });
  expect(report.empty).toEqual([
    "No map was written in this run.",
    "Nothing was compared with reference data, so nothing can be said about accuracy.",
    "No training curve was recorded.",
    "No imagery is named in this run.",
    "No times were recorded.",
  ]);
  expect(report.tables).toEqual([]);
  expect(report.text).not.toMatch(/NaN|undefined|Infinity|null/);
});

test("half-empty parts are said in a sentence too", async () => {
  const report = await seen("half-empty.html", {
    evaluations: [{ part: "validation", subsets: [] }],
    curves: [
      { title: "Pre-training", metrics: [] },
      { title: "Fine-tuning", metrics: [{ step: 1, values: { loss: Number.NaN } }] },
    ],
    phases: [{ name: "Import", seconds: 0 }],
  });
  expect(report.empty).toEqual([
    "No combination of inputs was evaluated on this part.",
    "Nothing was recorded.",
    "Loss: no value was recorded.",
  ]);
  expect(report.text).toContain("Its accuracy was not measured.");
  expect(report.text).not.toMatch(/NaN|undefined|Infinity/);
});

test("numbers that do not exist print as a dash and the best of a column is strong", async () => {
  const report = await seen("table.html", {
    tables: [
      {
        title: "Compared",
        columns: ["Method", "OA", "Pixels"],
        rows: [
          ["ours", 0.8, 1401],
          ["forest", 0.75, null],
        ],
        bestPerColumn: [null, "highest", null],
      },
    ],
  });
  expect(tableOf(report, "Compared")).toEqual([
    ["Method", "OA", "Pixels"],
    ["ours", "0.800", "1401"],
    ["forest", "0.750", "–"],
  ]);
  const text = readFileSync(join(folder, "table.html"), "utf8");
  expect(text).toContain("<strong>0.800</strong>");
  expect(text).not.toContain("<strong>0.750</strong>");
});

test("a report appears whole or not at all, and an older one survives a failure", async () => {
  const path = join(folder, "kept.html");
  writeFileSync(path, "old");
  const spec = sampleSpec(path);
  const aborted = context();
  aborted.abort.abort();
  await expect(writeReport(spec, aborted)).rejects.toThrow(/abort/i);
  const missing = { ...spec, map: { ...spec.map!, classPath: join(folder, "nowhere.tif") } };
  await expect(writeReport(missing, context())).rejects.toMatchObject({ code: "raster-missing" });
  expect(readFileSync(path, "utf8")).toBe("old");
  const nowhere = { ...spec, outputPath: join(folder, "no", "such", "folder.html") };
  await expect(writeReport(nowhere, context())).rejects.toMatchObject({ code: "report-unwritable" });
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  const phases: [string, number][] = [];
  await writeReport(spec, context(phases));
  expect(readFileSync(path, "utf8")).toContain("</html>");
  expect(phases.at(-1)).toEqual(["Writing the report", 1]);
});

test("a report says which classes are possible, what is uncertain, and what came of the promise; without a calibration it has no such part", async () => {
  const plain = sampleSpec(join(folder, "unused.html"));
  const [evaluation] = plain.evaluations;
  const common = { level: 0.9, groups: "labels", unit: "polygons", calibratedOn: 31, needed: 9 } as const;
  const uncertainty = {
    ...common,
    perGroup: { count: 24, covered: 22 / 24, interval: [0.742, 0.977], setSize: 1.5, single: 0.625, auroc: 0.875 },
    perPatch: { count: 1401, covered: 0.941, setSize: 1.32, single: 0.714, auroc: null },
    classes: [
      { code: 1, groups: 20, covered: 0.95, patchesCovered: 0.962 },
      { code: 2, groups: 4, covered: 0.75, patchesCovered: 0.8 },
      { code: 3, groups: 0, covered: null, patchesCovered: null },
    ],
    uncertain: { threshold: 4321, share: 0.12, ofRight: 0.05, ofWrong: 0.6 },
  } as const;
  const subsets = evaluation!.subsets.map((subset, i) => (i === 1 ? { ...subset, uncertainty } : subset));
  const map = {
    ...plain.map!,
    sets: { setSizePath: "/x/m_set-size.tif", uncertainPath: "/x/m_uncertain.tif", setsPath: null },
    uncertainty: { ...common, threshold: 4321, rightMarked: 0.03125, uncertain: { "1": 121, "5": 3 }, setSizes: { "1": 3000, "2": 21 } }, // biome-ignore format: one line
  };
  const report = await seen("uncertain.html", { map, evaluations: [{ ...evaluation!, subsets }] });
  expect(report.headings).toContain("Uncertainty");
  expect(tableOf(report, "Possible classes on the map")).toEqual([
    ["Possible classes", "Pixels", "Share"],
    ["1", "3000", "99.3 %"],
    ["2", "21", "0.7 %"],
  ]);
  const doubted = tableOf(report, "Uncertain or untaught, by the class on the map");
  expect(doubted.find(([name]) => name === "Winter wheat")).toEqual(["Winter wheat", "121", "1.21", "10.0 %"]);
  expect(doubted.at(-1)!.slice(0, 2)).toEqual(["Total", "124"]);
  const [, row] = tableOf(report, "What came of the promise, on labels that it was not calibrated on");
  expect(row!.slice(0, 7)).toEqual(["Sentinel-2 + Sentinel-1", "test", "24", "90.0 %", "91.7 %", "74.2 %\u2060–\u206097.7 %", "94.1 %"]); // biome-ignore format: one row
  expect(row!.at(-1)).toBe("– (0.875)");
  expect(tableOf(report, "Coverage by class, Sentinel-2 + Sentinel-1").map((cells) => cells.slice(1))).toEqual([
    ["Polygons", "Covered", "Patches covered"],
    ["20", "95.0 %", "96.2 %"],
    ["4", "75.0 %", "80.0 %"],
    ["0", "–", "–"],
  ]);
  expect(report.text).toContain("31 polygons of the validation part");
  expect(report.text).toContain("These pixels are part of the areas above.");
  expect((await seen("certain.html")).headings).not.toContain("Uncertainty");
});
