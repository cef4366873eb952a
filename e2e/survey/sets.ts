// Data sets of other people, each with the commands a person would type, from the first file to the map.
// Defaults everywhere: a setting appears here only where the data need it (a date that is in no file, a patch for 0.15 m pixels).

/** What scikit-learn's random forest and the commonest class reach on the same split, from the data's own README. */
export interface Baseline {
  readonly method: string;
  /** overall accuracy, 0…1 */
  readonly accuracy: number;
  /** macro F1 where it was measured */
  readonly macroF1?: number;
  /** true when the split here is another one than the baseline's: the figures cannot be compared directly */
  readonly otherSplit?: boolean;
}

export interface SurveySet {
  readonly name: string;
  /** below the folder of all sets */
  readonly folder: string;
  /** true where a refusal is the expected end */
  readonly refuses?: boolean;
  /** what a reader has to know beside the name */
  readonly about: string;
  readonly baseline?: Baseline;
  /** command lines after `omnisat`, in order, up to the labels; `project` is the project's folder, `data` the set's own */
  prepare(project: string, data: string): readonly SurveyCommand[];
  /** from the split to the map */
  learn(project: string): readonly SurveyCommand[];
  /** the encoder that comes with the program has learned from its images (`e2e/encoder.ts`) */
  readonly inEncoder?: true;
  /** how its labels are divided where methods are compared (`methods.ts`); absent where there is nothing to compare */
  readonly folds?: "polygons" | "blocks";
  /** labels of another kind for the comparison, in the place of the last command of `prepare`: outlines with the ground around them */
  compared?(project: string, data: string, work: string): readonly SurveyCommand[];
}

/** A command line after `omnisat`, or one of a program of GDAL. */
export type SurveyCommand = readonly string[];

/** Commands after the labels are in: the same for every dense set. */
const learnAndMap = (project: string, ...split: readonly string[]): SurveyCommand[] => [
  ["split", project, ...split],
  ["pretrain", project, "encoder"],
  ["finetune", project, "classes", "--from", "encoder"],
  ["evaluate", project, "classes"],
  ["map", project, "classes"],
];

const terramesh = (scene: string, about: string, baseline?: Baseline): SurveySet => ({
  name: `terramesh-s1s2 ${scene}`,
  folder: "terramesh-s1s2",
  about: `${about}; one date; land-cover raster of nine classes as labels, blocks`,
  ...(baseline ? { baseline } : {}),
  prepare: (project, data) => [
    ["project", "create", project, "--like", `${data}/${scene}/${scene}_S2L2A.tif`],
    // The files tell no date; both sensors get one, as the archive pairs them.
    ["project", "import", project, `${data}/${scene}/${scene}_S2L2A.tif`, "--date", "2020-06-01"],
    ["project", "import", project, `${data}/${scene}/${scene}_S1RTC.tif`, "--date", "2020-06-01"],
    ["labels", "import", project, `${data}/${scene}/${scene}_LULC.tif`],
  ],
  learn: (project) => learnAndMap(project),
  folds: "blocks",
});

/** Outlines as a class raster on the grid of their image: 1 inside of one, 2 elsewhere. */
const withGround = (project: string, outlines: string, image: string, crs: string, work: string): SurveyCommand[] => [
  ["ogr2ogr", "-t_srs", crs, `${work}/outlines.gpkg`, outlines, "-nln", "outlines"],
  [
    "gdal_translate",
    "-q",
    "-b",
    "1",
    "-ot",
    "Byte",
    "-scale",
    "0",
    "255",
    "2",
    "2",
    "-a_nodata",
    "none",
    image,
    `${work}/classes.tif`,
  ],
  ["gdal_rasterize", "-q", "-burn", "1", "-l", "outlines", `${work}/outlines.gpkg`, `${work}/classes.tif`],
  ["labels", "import", project, `${work}/classes.tif`],
];

const treesatTiles = ["Abies_alba_1_1005", "Betula_spec._1_15679", "Betula_spec._5_17172", "Quercus_robur_3_86918"];

export const surveySets: readonly SurveySet[] = [
  {
    name: "flanders-crops-2019",
    folder: "flanders-crops-2019",
    inEncoder: true,
    about: "72 Sentinel-2 and 80 Sentinel-1 dates, parcels with the file's own split, 4 classes",
    baseline: { method: "random forest", accuracy: 0.767, macroF1: 0.65 },
    prepare: (project, data) => [
      ["project", "create", project, "--like", `${data}/S2_L2A_10m/S2_L2A_10m_20190610T105703.tif`, "--tile", "6"],
      ["project", "import", project, `${data}/S2_L2A_10m`, `${data}/S2_L2A_20m`],
      ["project", "import", project, `${data}/S2_SCL_20m`, `${data}/S1_GRD_ASC_20m`],
      ["labels", "import", project, `${data}/parcels.gpkg`, "--field", "class_code", "--name-field", "class_name"],
    ],
    learn: (project) => learnAndMap(project, "--method", "field", "--field", "split"),
    folds: "polygons",
  },
  {
    name: "flanders-crops-2019-20m",
    folder: "flanders-crops-2019-20m",
    inEncoder: true,
    about: "another square of that year without 10 m bands; three days have two products",
    baseline: { method: "random forest", accuracy: 0.516, macroF1: 0.42 },
    prepare: (project, data) => [
      ["project", "create", project, "--like", `${data}/labels_10m.tif`, "--tile", "6"],
      ["project", "import", project, `${data}/S2_L2A_20m`, `${data}/S2_SCL_20m`, "--duplicates", "best"],
      ["project", "import", project, `${data}/S1_GRD_ASC_20m`],
      ["labels", "import", project, `${data}/parcels.gpkg`, "--field", "class_code", "--name-field", "class_name"],
    ],
    learn: (project) => learnAndMap(project, "--method", "field", "--field", "split"),
    folds: "polygons",
  },
  {
    name: "treesat-ts",
    folder: "treesat-ts",
    inEncoder: true,
    about:
      "4 tiles of 60 m far apart: aerial, S2, S1 ascending and descending; shares of genera per tile (no score means anything)",
    prepare: (project, data) => [
      ["project", "create", project, "--crs", "EPSG:25832", "--bounds", "420000,5750000,620000,5880000", "--tile", "6"],
      // Tile by tile, as they are downloaded.
      ...treesatTiles.map((tile) => [
        "project",
        "import",
        project,
        `${data}/${tile}`,
        // Some days have two passes, and the stacks do not tell their times.
        "--duplicates",
        "keep",
      ]),
      // The photographs tell no date; the set's page says it is nominal.
      ...treesatTiles.map((tile) => [
        "project",
        "import",
        project,
        `${data}/${tile}/${tile}_aerial.tif`,
        "--sensor",
        "aerial",
        "--date",
        "2017-07-01",
      ]),
      ["labels", "import", project, `${data}/tiles.gpkg`, "--tiles"],
    ],
    learn: (project) => [
      ["split", project, "--tiles", "--method", "random"],
      ["pretrain", project, "encoder", "--steps", "40"],
      ["finetune", project, "genera", "--task", "tiles", "--from", "encoder", "--steps", "40"],
      ["evaluate", project, "genera"],
      ["map", project, "genera"],
    ],
  },
  terramesh("433D_629L_3_1", "Chile", {
    method: "random forest, checkerboard",
    accuracy: 0.761,
    macroF1: 0.65,
    otherSplit: true,
  }),
  terramesh("282D_485L_3_3", "Brazil", {
    method: "random forest, checkerboard",
    accuracy: 0.914,
    macroF1: 0.81,
    otherSplit: true,
  }),
  terramesh("38D_378R_2_3", "Tanzania"),
  {
    name: "bigearthnet-pairs",
    folder: "bigearthnet-pairs",
    refuses: true,
    about:
      "2 places 1,800 km apart in two UTM zones, one date each: each is a project of its own, and a refusal says so",
    prepare: (project, data) => [
      [
        "project",
        "create",
        project,
        "--like",
        `${data}/S2A_MSIL2A_20170613T101031_87_48`,
        "--like",
        `${data}/S2B_MSIL2A_20170924T93020_69_24`,
      ],
    ],
    learn: () => [],
  },
  {
    name: "bahia-cbers-64m",
    folder: "bahia-cbers-64m",
    about: "12 dates of NDVI and EVI at 64 m in a CRS without code; 32 points with a split",
    baseline: { method: "random forest", accuracy: 1 },
    prepare: (project, data) => [
      ["project", "create", project, "--like", `${data}/CB4_NDVI_EVI`, "--patch", "64"],
      ["project", "import", project, `${data}/CB4_NDVI_EVI`],
      ["labels", "import", project, `${data}/points_wgs84.geojson`, "--field", "label"],
    ],
    learn: (project) => learnAndMap(project, "--method", "field", "--field", "split"),
    folds: "polygons",
  },
  {
    name: "naip-dakota",
    folder: "naip-dakota",
    about: "aerial images of three years on grids that differ by parts of a pixel; no labels",
    refuses: true,
    prepare: (project, data) => [
      ["project", "create", project, "--like", `${data}/m_4709963_se_14_1_20090818.tif`, "--patch", "40"],
      ["project", "import", project, data],
    ],
    learn: (project) => [
      ["pretrain", project, "encoder"],
      ["finetune", project, "classes", "--from", "encoder"],
    ],
  },
  {
    name: "vhr-kampala-buildings",
    folder: "vhr-kampala-buildings",
    about: "drone image of 0.15 m with holes; outlines of buildings, and nothing that says where none are",
    baseline: { method: "random forest on colour and texture", accuracy: 0.846, otherSplit: true },
    prepare: (project, data) => [
      ["project", "create", project, "--like", `${data}/kampala_z20_rgb.tif`, "--patch", "1.2"],
      ["project", "import", project, `${data}/kampala_z20_rgb.tif`, "--date", "2020-01-01"],
      [
        "labels",
        "import",
        project,
        `${data}/buildings_wgs84.geojson`,
        "--field",
        "class_name",
        "--name-field",
        "class_name",
      ],
    ],
    learn: (project) => learnAndMap(project),
    folds: "blocks",
    compared: (project, data, work) =>
      withGround(project, `${data}/buildings_wgs84.geojson`, `${data}/kampala_z20_rgb.tif`, "EPSG:3857", work),
  },
  {
    name: "vhr-zurich-trees",
    folder: "vhr-zurich-trees",
    about: "4 orthophoto tiles of 0.5 m; a mask of trees for each",
    baseline: { method: "random forest, leave one tile out", accuracy: 0.81, otherSplit: true },
    prepare: (project, data) => [
      [
        "project",
        "create",
        project,
        ...["00", "05", "11", "19"].flatMap((tile) => ["--like", `${data}/zurich_${tile}_rgb.tif`]),
        "--patch",
        "4",
      ],
      [
        "project",
        "import",
        project,
        `${data}/zurich_00_rgb.tif`,
        `${data}/zurich_05_rgb.tif`,
        `${data}/zurich_11_rgb.tif`,
        `${data}/zurich_19_rgb.tif`,
        "--date",
        "2014-07-01",
      ],
      ...["00", "05", "11", "19"].map((tile) => ["labels", "import", project, `${data}/zurich_${tile}_treemask.tif`]),
    ],
    learn: (project) => learnAndMap(project),
    folds: "blocks",
  },
  {
    name: "vhr-neon-trees",
    folder: "vhr-neon-trees",
    about: "forest image of 0.1 m; boxes of 61 tree crowns, one class only",
    prepare: (project, data) => [
      ["project", "create", project, "--like", `${data}/OSBS_029.tif`, "--patch", "0.8"],
      ["project", "import", project, `${data}/OSBS_029.tif`, "--date", "2018-07-01"],
      ["labels", "import", project, `${data}/OSBS_029_crowns.gpkg`, "--field", "label"],
    ],
    learn: (project) => learnAndMap(project),
    folds: "blocks",
    compared: (project, data, work) =>
      withGround(project, `${data}/OSBS_029_crowns.gpkg`, `${data}/OSBS_029.tif`, "EPSG:32617", work),
  },
  {
    name: "flanders-crop-points-2019",
    folder: "flanders-crop-points-2019",
    about: "1,398 points of crops in a table, and no image: a refusal is the right end",
    refuses: true,
    prepare: (project, data) => [
      ["project", "create", project, "--crs", "EPSG:32631", "--bounds", "480000,5600000,700000,5720000"],
      [
        "labels",
        "import",
        project,
        `${data}/crop_series_2019.csv`,
        "--field",
        "crop",
        "--crs",
        "EPSG:32631",
        "--x",
        "x_utm31",
        "--y",
        "y_utm31",
      ],
    ],
    learn: (project) => [
      ["split", project, "--method", "field", "--field", "split"],
      ["pretrain", project, "encoder"],
    ],
  },
];
