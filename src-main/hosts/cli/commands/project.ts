import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Acquisition, measuredPieces, radiometryOf } from "../../../../src-shared/eo/acquisition.ts";
import { remarkSentence } from "../../../../src-shared/eo/remarks.ts";
import { isUndated } from "../../../../src-shared/eo/undated.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { type Command, command, type Options, type Values } from "../command.ts";
import { table } from "../table.ts";
import { parseBounds } from "../values.ts";
import { cliProjects, withProject } from "../with-project.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;

const create = command({
  name: "project create",
  summary: "make a project in a folder: a place, a grid and a name",
  details:
    "Patches are counted from the origin of the coordinate system, so that maps of neighbouring projects fit. The area is grown to whole patches.",
  positionals: [{ name: "PROJECT", summary: "the folder to make it in; it may exist" }],
  options: {
    like: {
      type: "list",
      value: "PATH",
      whole: true,
      summary: "an image, a folder of images or a file of polygons; the area is the box around all that are given",
    },
    area: {
      type: "list",
      value: "FILE",
      whole: true,
      summary: "polygons that the project ends at: statistics, labels and maps keep to the patches that they touch",
    },
    crs: {
      type: "text",
      value: "EPSG:CODE",
      summary:
        "coordinate system of --bounds, or of the project instead of its files' own; it counts in metres (else the UTM zone)",
    },
    bounds: { type: "text", value: "X,Y,X,Y", summary: "left, bottom, right, top in that system" },
    name: { type: "text", summary: "name shown to people", fallback: "the folder's name" },
    patch: {
      type: "number",
      value: "METRES",
      summary: "side of a patch, the smallest unit of a map",
      fallback: "10",
    },
    tile: { type: "integer", value: "PATCHES", summary: "side of a training tile", fallback: "8" },
  },
  examples: [
    ["omnisat project create flanders --like S2_L2A_10m_20190416T105658.tif", "the area of an image, patches of 10 m"],
    [
      "omnisat project create flanders --crs EPSG:32631 --bounds 574680,5621800,575320,5622440 --name Flanders",
      "an area by its corners",
    ],
    ["omnisat project create trees --like tiles --patch 10 --tile 6", "a folder of separate tiles, one project"],
  ],
  async run({ words, options, output }) {
    const { crs, bounds, name, patch, tile } = options;
    const like = [...(options.like ?? []), ...(options.area ?? [])];
    const area =
      like.length === 0
        ? { crs: crs ?? "", bounds: parseBounds("project create", bounds) }
        : { like, ...(options.area ? { within: [...options.area] } : {}), ...(crs === undefined ? {} : { crs }) };
    const catalog = await (await cliProjects())["project.create"]({
      folder: words[0]!,
      area,
      ...(name === undefined ? {} : { name }),
      ...(patch === undefined ? {} : { patchMeters: patch }),
      ...(tile === undefined ? {} : { tilePatches: tile }),
    });
    const project = catalog.project.get();
    const { geobox, patchMeters } = project.grid;
    catalog.close();
    output.result(
      { command: "project create", folder: catalog.folder, ...project },
      `Made project “${project.name}” in ${catalog.folder}: ${geobox.width} × ${geobox.height} patches of ${patchMeters} m, ${geobox.crs}.`,
    );
    return 0;
  },
});

const radiometryOptions = {
  scale: { type: "number", value: "FACTOR", summary: "physical value = stored number × this + offset" },
  offset: { type: "number", value: "NUMBER", summary: "added after the scale" },
  unit: {
    type: "text",
    summary: "what the physical values are",
    choices: ["reflectance", "db", "linear", "amplitude", "brightness", "unknown"],
  },
  nodata: { type: "text", value: "NUMBER", summary: "the stored number that is no data; “none”: all are data" },
  mask: {
    type: "text",
    value: "FILE|BAND",
    summary: "a mask of clouds or quality: a file, or a band by name or number",
  },
  "mask-band": { type: "text", value: "BAND", summary: "the band of a mask file, when it has several" },
  clear: { type: "list", value: "VALUES", summary: "values of the mask that are clear, as in 0 or 4-7" },
  "mask-bits": { type: "list", value: "BITS", summary: "of a bit field: a pixel with one of these bits is not clear" },
} as const satisfies Options;

/** The request's part about radiometry and masks, from the words that were typed. */
function radiometryGiven(name: string, options: Values<typeof radiometryOptions>) {
  const usage = (problem: string) => new AppError("usage", { problem, help: `omnisat ${name} --help` });
  const whole = (text: string, what: string): number[] => {
    const range = /^(-?\d+)(?:-(\d+))?$/.exec(text);
    if (!range) throw usage(`“${text}” is no ${what}: whole numbers are meant, as in 4 or 4-7.`);
    const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (to < from || to - from > 1000) throw usage(`“${text}” is no range of at most 1000 ${what}s.`);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  };
  const { scale, offset, unit, nodata, mask } = options;
  const clear = options.clear?.flatMap((text) => whole(text, "value"));
  const bits = options["mask-bits"]?.flatMap((text) => whole(text, "bit"));
  const none = nodata?.toLowerCase() === "none";
  if (nodata !== undefined && !none && (nodata.trim() === "" || !Number.isFinite(Number(nodata))))
    throw usage(`The option --nodata needs a number or “none”, not “${nodata}”.`);
  if (mask === undefined && (clear || bits)) throw usage("--clear and --mask-bits belong to --mask.");
  if (clear && bits) throw usage("A mask has either clear values or bits that say “not clear”.");
  const radiometry = {
    ...(scale === undefined ? {} : { scale }),
    ...(offset === undefined ? {} : { offset }),
    ...(unit === undefined ? {} : { unit: unit as "reflectance" }),
    ...(nodata === undefined ? {} : { nodata: none ? null : Number(nodata) }),
  };
  const file = mask !== undefined && existsSync(mask) ? resolve(mask) : undefined;
  if (mask !== undefined && !file && /[\\/]|\.tiff?$/i.test(mask)) throw new AppError("file-missing", { path: mask });
  const band = file ? options["mask-band"] : mask;
  return {
    ...(Object.keys(radiometry).length > 0 ? { radiometry } : {}),
    ...(mask === undefined
      ? {}
      : {
          mask: {
            ...(file ? { file } : {}),
            ...(band === undefined ? {} : { band }),
            ...(clear ? { clear } : {}),
            ...(bits ? { bits } : {}),
          },
        }),
  };
}

const importImages = command({
  name: "project import",
  summary: "add images: sensor, date and bands are read from names and headers",
  details:
    "Files of one sensor and overpass become one acquisition, whatever their resolution and wherever they lie: tiles side by side are its pieces. Acquisitions of one sensor become one input of the network. An import only ever adds; what cannot be used is listed with its reason. The files stay where they are and are never written to.",
  positionals: [
    projectWord,
    { name: "PATH", summary: "image files, or folders that are searched for .tif and .tiff", many: true },
  ],
  options: {
    sensor: {
      type: "text",
      summary: "what the images are, when their names do not say",
      choices: ["sentinel-2", "sentinel-1", "landsat", "aerial", "other"],
    },
    date: { type: "text", value: "YYYY-MM-DD", summary: "the date of all these images" },
    undated: {
      type: "flag",
      summary:
        "these files do not change with time: elevation, heights of trees, soil; each becomes an input of its own",
    },
    bands: { type: "list", value: "NAMES", summary: "what the bands are, in file order" },
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system of images that name none" },
    duplicates: {
      type: "text",
      summary: "what several images of one place at one overpass become; without it, a question with the evidence",
      choices: ["keep", "replace", "best", "merge"],
    },
    "duplicate-dates": {
      type: "text",
      summary: "the same under its earlier name",
      choices: ["error", "best", "merge", "keep"],
    },
    ...radiometryOptions,
    "date-tag": { type: "text", value: "NAME", summary: "the metadata item of the files that holds their date" },
    skip: { type: "flag", summary: "kept for scripts: what cannot be used is always left out and listed" },
  },
  examples: [
    ["omnisat project import flanders S2_L2A_10m S2_L2A_20m S2_SCL_20m S1_GRD_ASC_20m", "two series with clouds"],
    ["omnisat project import flanders T31UDS T31UES --duplicates best", "tiles; of a place shown twice the clearest"],
    ["omnisat project import town ortho.tif --sensor aerial --date 2020-07-01 --bands R,G,B,NIR", "one aerial image"],
  ],
  async run({ words, options, output, signal }) {
    const [project, ...paths] = words;
    return withProject({ project: project!, purpose: "omnisat project import", output, signal }, async (services) => {
      const { sensor, date, bands, crs } = options;
      const earlier = options["duplicate-dates"];
      const duplicates = options.duplicates ?? (earlier === "error" ? undefined : earlier);
      const found = await services["rasters.import"]({
        paths,
        ...(sensor === undefined ? {} : { sensor: sensor as "sentinel-2" }),
        ...(date === undefined ? {} : { date }),
        ...(options.undated ? { undated: true } : {}),
        ...(bands === undefined ? {} : { bands: [...bands] }),
        ...(crs === undefined ? {} : { crs }),
        ...radiometryGiven("project import", options),
        ...(options["date-tag"] === undefined ? {} : { dateTag: options["date-tag"] }),
        ...(duplicates === undefined ? {} : { duplicates: duplicates as "keep" }),
      });
      const { rasters, acquisitions, modalities, warnings, unused, unchanged, copies } = found;
      for (const warning of warnings) output.warn(remarkSentence(warning));
      const dates = acquisitions.flatMap((one) => (isUndated(one) ? [] : [one.date])).sort();
      const pieces = acquisitions.reduce((sum, one) => sum + one.pieces.length, 0);
      const mosaics = pieces > acquisitions.length ? ` of ${pieces} pieces` : "";
      output.result(
        {
          command: "project import",
          rasters,
          acquisitions: acquisitions.length,
          pieces,
          modalities,
          unused: unused.map(({ path, error }) => ({ path, code: error.code, reason: error.message })),
          unchanged,
          copies,
        },
        [
          rasters === 0
            ? "Nothing new: the project has all of this already."
            : `Imported ${counted(rasters, "image")} as ${counted(acquisitions.length, "acquisition")}${mosaics}${dates.length === 0 ? " without a date" : `, ${dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`}`}.`,
          ...modalities.map(
            ({ name, kind, acquisitions: members, bands: names, resolutionMeters }) =>
              `  ${name}: ${kind}, ${members.length} ${members.length === 1 ? "image" : "images"} in time, ${names.join(" ")}, ${resolutionMeters} m`,
          ),
          ...decisions(acquisitions),
          ...(unchanged.length > 0
            ? [`${unchanged.length} files are in the project already; nothing changed for them.`]
            : []),
          ...copies.map(({ path, of }) => `Not added: “${path}” is a copy of “${of}”.`),
          ...(unused.length > 0 ? [`${unused.length} files could not be used:`] : []),
          ...unused.map(({ error }) => `  ${error.message}`),
        ].join("\n"),
      );
      return 0;
    });
  },
});

/** How stored numbers are read, once per sensor and meaning, with the evidence of the first. */
function decisions(acquisitions: readonly Acquisition[]): string[] {
  const groups = Map.groupBy(acquisitions, (acquisition) => {
    const { quantity, scale, offset } = radiometryOf(acquisition);
    return [acquisition.sensor, quantity, scale, offset].join(" ");
  });
  return [...groups.values()]
    .filter(([first]) => measuredPieces(first!).length > 0)
    .map((members) => {
      const radiometry = radiometryOf(members[0]!);
      const others = members.length > 1 ? ` (and ${members.length - 1} more alike)` : "";
      return `  ${members[0]!.sensor}, ${radiometry.quantity}: ${remarkSentence(radiometry.decidedBy)}${others}`;
    });
}

const radiometry = command({
  name: "project radiometry",
  summary: "say how the numbers of images in the project are read: scale, offset, unit, nodata, mask",
  details:
    "Physical value = stored number × scale + offset. Without --acquisition, --date, --sensor or --modality all images are meant. A mask is a file of any resolution and coordinate system, or a band of the images; --clear names the values that are clear, --mask-bits the bits that say “not clear”. One step of the history, which the window can undo; nothing is written to the images.",
  positionals: [projectWord],
  options: {
    ...radiometryOptions,
    "no-mask": { type: "flag", summary: "take the masks of these images away" },
    modality: { type: "text", value: "NAME", summary: "only images of this input" },
    acquisition: { type: "list", value: "IDS", summary: "only these, as project list --acquisitions names them" },
    date: { type: "list", value: "DATES", summary: "only these dates" },
    sensor: {
      type: "text",
      summary: "only images of this sensor",
      choices: ["sentinel-2", "sentinel-1", "landsat", "aerial", "other"],
    },
  },
  examples: [
    ["omnisat project radiometry flanders --sensor sentinel-2 --scale 0.0001 --offset -0.1", "take the +1000 off"],
    ["omnisat project radiometry flanders --mask clouds.tif --clear 0", "a cloud mask of 0 and 1"],
    ["omnisat project radiometry andes --mask QA_PIXEL --mask-bits 1,3,4", "Landsat: dilated cloud, cloud, shadow"],
  ],
  async run({ words, options, output, signal }) {
    return withProject(
      { project: words[0]!, purpose: "omnisat project radiometry", output, signal },
      async (services) => {
        const { modality, acquisition, date, sensor } = options;
        const given = radiometryGiven("project radiometry", options);
        if (!options["no-mask"] && Object.keys(given).length === 0)
        throw new AppError("usage", { problem: "Say what is to change: --scale, --offset, --unit, --nodata, --mask or --no-mask.", help: "omnisat project radiometry --help" }); // biome-ignore format: one call
        const { acquisitions, warnings } = await services["radiometry.set"]({
          ...given,
          ...(options["no-mask"] ? { mask: null } : {}),
          ...(modality === undefined ? {} : { modality }),
          ...(acquisition === undefined ? {} : { acquisitions: [...acquisition] }),
          ...(date === undefined ? {} : { dates: [...date] }),
          ...(sensor === undefined ? {} : { sensor: sensor as "sentinel-2" }),
        });
        for (const warning of warnings) output.warn(remarkSentence(warning));
        output.result(
          { command: "project radiometry", acquisitions, warnings: warnings.map(remarkSentence) },
          `Changed how ${acquisitions} ${acquisitions === 1 ? "acquisition is" : "acquisitions are"} read.`,
        );
        return 0;
      },
    );
  },
});

const repair = command({
  name: "project repair",
  summary: "find values that cannot be right (+1000 still in, dB or linear), and repair them with --yes",
  details:
    "Looks at pixels of a few dates of every input. Without --yes nothing changes: the figures before and after are shown. A repair changes how numbers are read, never a file, and is one step of the history, which the window can undo.",
  positionals: [projectWord],
  options: {
    modality: { type: "text", value: "NAME", summary: "only this input" },
    yes: { type: "flag", summary: "make the repairs that are proposed" },
  },
  examples: [
    ["omnisat project repair flanders", "what would be repaired"],
    ["omnisat project repair flanders --yes", "repair it"],
  ],
  async run({ words, options, output, signal }) {
    return withProject({ project: words[0]!, purpose: "omnisat project repair", output, signal }, async (services) => {
      const { modality, yes } = options;
      const { repairRemark } = await import("../../../services/rasters/radiometry.ts");
      const repairs = await services["radiometry.repairs"](modality === undefined ? {} : { modality });
      if (yes)
        for (const { modality: name, kind } of repairs) await services["radiometry.repair"]({ modality: name, kind });
      output.result(
        { command: "project repair", repaired: yes, repairs },
        repairs.length === 0
          ? "The pixels fit the way they are read: nothing to repair."
          : [
              ...repairs.map((repair) => remarkSentence(repairRemark(repair))),
              yes ? "Repaired." : "Nothing was changed; --yes makes these repairs.",
            ].join("\n"),
      );
      return 0;
    });
  },
});

const check = command({
  name: "project check",
  summary: "look at every date: coverage, clouds, jumps of the numbers, copies, orbits, gaps; mend with --yes",
  details:
    "Whether dates lie on each other is measured by project align. Every date of every input is compared with the others on a coarse grid of the area. Without --yes nothing changes. A repair changes how numbers are read or which dates an input has, never a file, and is one step of the history, which the window can undo.",
  positionals: [projectWord],
  options: {
    modality: { type: "text", value: "NAME", summary: "only this input" },
    yes: { type: "flag", summary: "make the repairs that are proposed for doubts; those of notes are left to you" },
  },
  examples: [
    ["omnisat project check flanders", "what is wrong with the dates"],
    ["omnisat project check flanders --yes", "and mend it"],
  ],
  async run({ words, options, output, signal }) {
    return withProject({ project: words[0]!, purpose: "omnisat project check", output, signal }, async (services) => {
      const { modality, yes } = options;
      const { stackRepairSentence, stackSentence } = await import("../../../../src-shared/domain/stack-words.ts");
      const { inputs, findings } = await services["stack.check"](modality === undefined ? {} : { modality });
      const made = findings.filter(({ severity, repair: own }) => yes && severity === "caution" && own !== null);
      for (const { modality: name, repair: own } of made)
        await services["stack.repair"]({ modality: name, repair: own! });
      const table = inputs.map(({ modality: name, dates }) => {
        const mean = (share: "data" | "clear") =>
          Math.round((100 * dates.reduce((sum, date) => sum + date[share], 0)) / Math.max(1, dates.length));
        return `${name}: ${counted(dates.length, "date")}, ${mean("data")} % of the area with data and ${mean("clear")} % clear on average`;
      });
      const told = findings.map((finding) =>
        [
          `${finding.severity === "caution" ? "Warning" : "Note"}: ${stackSentence(finding)}`,
          ...(finding.repair
            ? [`  ${made.includes(finding) ? "Done" : "Repair"}: ${stackRepairSentence(finding.repair)}`]
            : []),
        ].join("\n"),
      );
      const plain = findings.map(({ pictures: _, ...finding }) => finding);
      const last =
        findings.length === 0
          ? inputs.some(({ dates }) => dates.length >= 3)
            ? "The dates fit together."
            : "Nothing stands out, but no input has the three dates that it takes to tell which one is wrong."
          : made.length > 0
            ? `Made ${counted(made.length, "repair")}.`
            : findings.some(({ severity, repair: own }) => severity === "caution" && own !== null)
              ? "Nothing was changed; --yes makes the repairs of the warnings."
              : "Nothing was changed.";
      output.result(
        { command: "project check", repaired: made.length, inputs, findings: plain },
        [...table, ...told, last].join("\n"),
      );
      return 0;
    });
  },
});

const remove = command({
  name: "project remove",
  summary: "take images out of a project: by file, acquisition or date; the files stay on the disk",
  details:
    "What is left is what it would be had the images never been imported. It is one step of the project's history and can be undone in the window.",
  positionals: [projectWord, { name: "PATH", summary: "image files of the project", many: true, optional: true }],
  options: {
    acquisition: {
      type: "list",
      value: "IDS",
      summary: "whole acquisitions, as project list --acquisitions names them",
    },
    date: { type: "list", value: "DATES", summary: "everything of these dates, as in 2019-06-10" },
    sensor: {
      type: "text",
      summary: "with --date: only what belongs to this sensor",
      choices: ["sentinel-2", "sentinel-1", "landsat", "aerial", "other"],
    },
  },
  examples: [
    ["omnisat project remove flanders S2_L2A_10m_20190610T105703.tif", "one file"],
    ["omnisat project remove flanders --date 2019-06-10 --sensor sentinel-2", "a date of one sensor"],
  ],
  async run({ words, options, output, signal }) {
    const [project, ...paths] = words;
    return withProject({ project: project!, purpose: "omnisat project remove", output, signal }, async (services) => {
      const { acquisition, date, sensor } = options;
      const removed = await services["rasters.remove"]({
        ...(paths.length > 0 ? { paths } : {}),
        ...(acquisition === undefined ? {} : { acquisitions: [...acquisition] }),
        ...(date === undefined ? {} : { dates: [...date] }),
        ...(sensor === undefined ? {} : { sensor: sensor as "sentinel-2" }),
      });
      const { rasters, acquisitions, changed } = removed;
      output.result(
        { command: "project remove", ...removed },
        `Took ${counted(rasters, "file")} out of the project. Acquisitions: ${acquisitions.length} gone, ${changed.length} changed. The files are still on the disk.`,
      );
      return 0;
    });
  },
});

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

const list = command({
  name: "project list",
  summary: "show what a project holds: images, labels, models, maps and jobs",
  positionals: [projectWord],
  options: {
    rasters: { type: "flag", summary: "name every image file and say whether it is there" },
    acquisitions: { type: "flag", summary: "name every acquisition, its pieces and what of them is there" },
  },
  examples: [
    ["omnisat project list flanders", "in short"],
    ["omnisat project list flanders --acquisitions", "with every acquisition and the pieces it is made of"],
    ["omnisat project list flanders --rasters", "with every image file"],
  ],
  async run({ words, options, output, signal }) {
    const purpose = "omnisat project list";
    return withProject({ project: words[0]!, purpose, readOnly: true, output, signal }, async (services) => {
      const about = await services["project.describe"]({});
      const rasters = options.rasters ? await services["rasters.list"]({}) : [];
      const { geobox, patchMeters } = about.grid;
      const lines = [
        `${about.name} · ${about.folder}`,
        `${geobox.width} × ${geobox.height} patches of ${patchMeters} m · ${geobox.crs} · ${about.rasters} images`,
      ];
      if (about.places && (about.places.count > 1 || about.places.boxShare < 0.98))
        lines.push(placesLine(about.places));
      if (about.missing.length) {
        lines.push(`${about.missing.length} images are missing; re-link them with omnisat project relink:`);
        lines.push(...about.missing.slice(0, 5).map(({ path }) => `  ${path}`));
      }
      if (about.modalities.length) {
        const several = about.places && about.places.count > 1 ? about.places.count : 0;
        const rows = about.modalities.map((m) => [
          m.name,
          m.kind,
          m.dates,
          m.pieces,
          ...(several ? [`${m.places ?? "?"} of ${several}`] : []),
          `${m.first ?? ""} … ${m.last ?? ""}`,
          m.resolutionMeters,
          m.bands.join(" "),
        ]);
        const columns = ["modality", "kind", "dates", "pieces", ...(several ? ["places"] : [])];
        lines.push("", table([...columns, "from … to", "metres", "bands"], rows));
      }
      for (const { name, classes } of about.legends) {
        const rows = classes.map((entry) => [entry.code, entry.name, entry.polygons, entry.color]);
        lines.push("", `Legend ${name}`, table(["code", "class", "labels", "colour"], rows));
      }
      if (about.split) {
        const { method, optimistic } = about.split;
        lines.push(
          "",
          `Split: ${method}${optimistic ? " (optimistic: neighbours of test places are trained on)" : ""}`,
        );
      }
      if (about.models.length) {
        const rows = about.models.map((m) => [m.name, m.kind, m.modalities.join(" "), m.summary.architecture, m.state]);
        lines.push("", table(["model", "kind", "modalities", "size", "files"], rows));
      }
      if (about.maps.length) {
        lines.push(
          "",
          table(
            ["map", "file"],
            about.maps.map((m) => [m.name, m.files.classPath]),
          ),
        );
      }
      if (about.jobs.length) {
        const rows = about.jobs.map((j) => [
          j.id,
          j.kind,
          j.state,
          `${Math.round(j.fraction * 100)} %`,
          j.reason ?? "",
        ]);
        lines.push("", table(["job", "kind", "state", "done", "why"], rows));
      }
      const acquisitions = options.acquisitions ? await services["acquisitions.list"]({}) : [];
      if (acquisitions.length) {
        const rows = acquisitions.map((one) => [
          one.id,
          isUndated(one) ? "none" : one.date,
          one.time ?? "",
          one.detail ?? "",
          one.pieces.length,
          one.bands.join(" "),
          one.mask === "all" ? "yes" : one.mask === "some" ? "in part" : "no",
          one.state === "present" ? "present" : `${one.missing.length} of ${one.files} files missing`,
          one.modalities.join(" ") || "–",
        ]);
        lines.push(
          "",
          table(["acquisition", "date", "time", "product", "pieces", "bands", "mask", "files", "feeds"], rows),
        );
      }
      if (rasters.length) {
        lines.push(
          "",
          table(
            ["image", "state", "path"],
            rasters.map((r) => [r.id, r.state, r.path]),
          ),
        );
      }
      output.result(
        {
          command: "project list",
          ...about,
          ...(options.rasters ? { files: rasters } : {}),
          ...(options.acquisitions ? { acquisitions } : {}),
        },
        lines.join("\n"),
      );
      return 0;
    });
  },
});

function placesLine({
  count,
  squareKilometers,
  boxShare,
}: {
  readonly count: number;
  readonly squareKilometers: number;
  readonly boxShare: number;
}): string {
  const area = `${squareKilometers.toLocaleString("en", { maximumSignificantDigits: 3 })} km²`;
  const percent = boxShare < 0.0001 ? "less than 0.01" : (100 * boxShare).toFixed(boxShare < 0.01 ? 2 : 0);
  return `Images lie in ${count} ${count === 1 ? "place" : "separate places"}: ${area}, ${percent} % of the box around them`;
}

const relink = command({
  name: "project relink",
  summary: "say where images have gone; only the same image is accepted",
  positionals: [
    projectWord,
    { name: "PATH", summary: "the image's new place, or a folder to look for all missing images" },
  ],
  options: {
    from: { type: "text", value: "FILE", summary: "where the project expects it, when one image is re-linked" },
  },
  examples: [
    ["omnisat project relink flanders /data/sentinel", "look for every missing image below a folder"],
    ["omnisat project relink flanders new/a.tif --from old/a.tif", "one image"],
  ],
  async run({ words, options, output, signal }) {
    const [project, to] = words;
    return withProject({ project: project!, purpose: "omnisat project relink", output, signal }, async (services) => {
      if (options.from !== undefined) {
        const raster = await services["rasters.relink"]({ from: options.from, to: to! });
        output.result({ command: "project relink", relinked: [raster], missing: [] }, `Re-linked ${raster.path}.`);
        return 0;
      }
      const { relinked, missing, problems } = await services["rasters.relinkAll"]({ folder: to! });
      for (const problem of problems) output.warn(problem);
      output.result(
        { command: "project relink", relinked, missing, problems },
        `Re-linked ${relinked.length} images; ${missing.length} are still missing.`,
      );
      return missing.length ? 1 : 0;
    });
  },
});

const area = command({
  name: "project area",
  summary: "say where a project ends: at polygons of a file, or at its whole box",
  details:
    "Statistics, labels, coverage and maps keep to the patches that the polygons touch. Without a file and without --whole the area is only shown. One step of the history, which the window can undo. Models and maps that were made before stay as they are.",
  positionals: [
    projectWord,
    { name: "FILE", summary: "polygons; of images and points their boxes count", many: true, optional: true },
  ],
  options: {
    whole: { type: "flag", summary: "let all of the project's box belong to it again" },
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system of files that name none" },
  },
  examples: [
    ["omnisat project area flanders", "what it is now"],
    ["omnisat project area flanders municipality.gpkg", "end at the polygons of a file"],
    ["omnisat project area flanders --whole", "take that back"],
  ],
  async run({ words, options, output, signal }) {
    const [project, ...files] = words;
    const { whole, crs } = options;
    if (whole && files.length > 0)
      throw new AppError("usage", {
        problem: "--whole takes no file: the project ends either at polygons or at its box.",
        help: "omnisat project area --help",
      });
    const change = whole || files.length > 0;
    const use = { project: project!, purpose: "omnisat project area", readOnly: !change, output, signal };
    return withProject(use, async (services) => {
      const limit = whole ? null : { files: files.map((file) => resolve(file)), ...(crs === undefined ? {} : { crs }) };
      const found = change ? await services["project.setArea"]({ limit }) : await services["project.area"]({});
      if ("beyond" in found && found.beyond)
        output.warn(
          "Some of the polygons reach beyond the project's box. What lies there does not belong to the project; a larger area needs a new project.",
        );
      const kilometers = (value: number) => `${value.toLocaleString("en", { maximumSignificantDigits: 4 })} km²`;
      const { limited, patches, squareKilometers, boxPatches, boxSquareKilometers } = found;
      output.result(
        { command: "project area", ...found },
        limited
          ? `The project ends at polygons: ${patches.toLocaleString("en")} patches, ${kilometers(squareKilometers)}, of ${boxPatches.toLocaleString("en")} patches, ${kilometers(boxSquareKilometers)}, of its box.`
          : `The project fills its box: ${patches.toLocaleString("en")} patches, ${kilometers(squareKilometers)}.`,
      );
      return 0;
    });
  },
});

export const projectCommands: readonly Command[] = [
  create,
  importImages,
  list,
  area,
  remove,
  relink,
  radiometry,
  repair,
  check,
];
