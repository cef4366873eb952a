import type { Acquisition } from "../../../../src-shared/eo/acquisition.ts";
import { type Command, command } from "../command.ts";
import { table } from "../table.ts";
import { parseBounds } from "../values.ts";
import { atProjectDoor, withProject } from "../with-project.ts";

const projectWord = { name: "PROJECT", summary: "the project's folder" } as const;

const create = command({
  name: "project create",
  summary: "make a project in a folder: a place, a grid and a name",
  details:
    "Patches are counted from the origin of the coordinate system, so that maps of neighbouring projects fit. The area is grown to whole patches.",
  positionals: [{ name: "PROJECT", summary: "the folder to make it in; it may exist" }],
  options: {
    like: { type: "text", value: "FILE", summary: "take the area and coordinate system of this image" },
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system of --bounds, counting in metres" },
    bounds: { type: "text", value: "X,Y,X,Y", summary: "left, bottom, right, top in that system" },
    name: { type: "text", summary: "name shown to people", fallback: "the folder's name" },
    patch: {
      type: "number",
      value: "METRES",
      summary: "side of a patch, the finest thing a map shows",
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
  ],
  async run({ words, options, output }) {
    const { like, crs, bounds, name, patch, tile } = options;
    const area = like === undefined ? { crs: crs ?? "", bounds: parseBounds("project create", bounds) } : { like };
    const catalog = await (await atProjectDoor())["project.create"]({
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

const importImages = command({
  name: "project import",
  summary: "add images: sensor, date and bands are read from names and headers",
  details:
    "Files of one sensor and date become one acquisition, whatever their resolution; acquisitions of one sensor become one input of the network. The files stay where they are and are never written to.",
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
    bands: { type: "list", value: "NAMES", summary: "what the bands are, in file order" },
    crs: { type: "text", value: "EPSG:CODE", summary: "coordinate system of images that name none" },
    "duplicate-dates": {
      type: "text",
      summary: "what several products of one day become",
      choices: ["error", "best", "merge", "keep"],
      fallback: "error",
    },
    skip: { type: "flag", summary: "leave out what cannot be imported and say so, instead of stopping" },
  },
  examples: [
    ["omnisat project import flanders S2_L2A_10m S2_L2A_20m S2_SCL_20m S1_GRD_ASC_20m", "two series with clouds"],
    ["omnisat project import town ortho.tif --sensor aerial --date 2020-07-01 --bands R,G,B,NIR", "one aerial image"],
  ],
  async run({ words, options, output, signal }) {
    const [project, ...paths] = words;
    return withProject({ project: project!, purpose: "omnisat project import", output, signal }, async (services) => {
      const { sensor, date, bands, crs } = options;
      const duplicates = options["duplicate-dates"];
      const { rasters, acquisitions, modalities, warnings } = await services["rasters.import"]({
        paths,
        skip: options.skip,
        ...(sensor === undefined ? {} : { sensor: sensor as "sentinel-2" }),
        ...(date === undefined ? {} : { date }),
        ...(bands === undefined ? {} : { bands: [...bands] }),
        ...(crs === undefined ? {} : { crs }),
        ...(duplicates === undefined ? {} : { duplicateDates: duplicates as "error" }),
      });
      for (const warning of warnings) output.warn(warning);
      const dates = acquisitions.map(({ date: day }) => day).sort();
      output.result(
        { command: "project import", rasters, acquisitions: acquisitions.length, modalities },
        [
          `Imported ${rasters} images as ${acquisitions.length} acquisitions, ${dates[0]} to ${dates.at(-1)}.`,
          ...modalities.map(
            ({ name, kind, acquisitions: members, bands: names, resolutionMeters }) =>
              `  ${name}: ${kind}, ${members.length} ${members.length === 1 ? "date" : "dates"}, ${names.join(" ")}, ${resolutionMeters} m`,
          ),
          ...decisions(acquisitions),
        ].join("\n"),
      );
      return 0;
    });
  },
});

/** How stored numbers are read, once per sensor and meaning, with the evidence of the first. */
function decisions(acquisitions: readonly Acquisition[]): string[] {
  const groups = Map.groupBy(acquisitions, ({ sensor, radiometry: { quantity, scale, offset } }) =>
    [sensor, quantity, scale, offset].join(" "),
  );
  return [...groups.values()].map((members) => {
    const { sensor, radiometry } = members[0]!;
    const others = members.length > 1 ? ` (and ${members.length - 1} more alike)` : "";
    return `  ${sensor}, ${radiometry.quantity}: ${radiometry.decidedBy}${others}`;
  });
}

const list = command({
  name: "project list",
  summary: "show what a project holds: images, labels, models, maps and jobs",
  positionals: [projectWord],
  options: { rasters: { type: "flag", summary: "name every image file and say whether it is there" } },
  examples: [
    ["omnisat project list flanders", "at one look"],
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
      if (about.missing.length) {
        lines.push(`${about.missing.length} images are missing; re-link them with omnisat project relink:`);
        lines.push(...about.missing.slice(0, 5).map(({ path }) => `  ${path}`));
      }
      if (about.modalities.length) {
        const rows = about.modalities.map((m) => [
          m.name,
          m.kind,
          m.dates,
          `${m.first ?? ""} … ${m.last ?? ""}`,
          m.resolutionMeters,
          m.bands.join(" "),
        ]);
        lines.push("", table(["modality", "kind", "dates", "from … to", "metres", "bands"], rows));
      }
      for (const { name, classes } of about.legends) {
        const rows = classes.map((entry) => [entry.code, entry.name, entry.polygons, entry.color]);
        lines.push("", `Legend ${name}`, table(["code", "class", "polygons", "colour"], rows));
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
        { command: "project list", ...about, ...(options.rasters ? { files: rasters } : {}) },
        lines.join("\n"),
      );
      return 0;
    });
  },
});

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

export const projectCommands: readonly Command[] = [create, importImages, list, relink];
