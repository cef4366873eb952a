/**
 * Makes the encoder that ships: builds a project of each openly licensed set, pre-trains one network on all of them, and exports it.
 *
 *     node e2e/encoder.ts [--data DIR] [--to models/europe-10m] [--steps 3000] [--seed 1] [--without SET] [--work DIR]
 *
 * `--without` leaves places out by the beginning of their names, to measure the encoder there. Every command is one that a person could
 * type; `--work` keeps the projects, and a model that is there already is exported again.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { omnisat } from "./omnisat.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    to: { type: "string", default: "models/europe-10m" },
    steps: { type: "string", default: "3000" },
    seed: { type: "string", default: "1" },
    without: { type: "string" },
    work: { type: "string" },
  },
});

interface Source {
  readonly name: string;
  readonly licence: string;
}

const copernicus: Source = {
  name: "Copernicus Sentinel data 2018–2019, cut out by WorldCereal (github.com/WorldCereal/worldcereal-classification, 5db1e24)",
  licence: "free and open (Copernicus); repository MIT",
};
const treesat: Source = {
  name: "TreeSatAI-Time-Series, four tiles (github.com/IGNF/MAESTRO, 3cc4e77; github.com/gastruc/AnySat, e03e72e)",
  licence: "CC BY 4.0",
};
const bigearthnet: Source = {
  name: "BigEarthNet, two pairs (github.com/kai-tub/bigearthnet_common, 2010779)",
  licence: "CDLA-Permissive-1.0",
};

interface Place {
  readonly name: string;
  readonly source: Source;
  /** the image whose square the project is, and what is imported */
  readonly like: string;
  readonly files: readonly string[];
  /** what becomes of several products of one day */
  readonly duplicates?: "best" | "keep";
}

const data = resolve(values.data);
const work = values.work ? resolve(values.work) : mkdtempSync(join(tmpdir(), "omnisat-encoder-"));

/** Radar whose pass no name tells: people have such images too, and they are an input of their own (`s1`). */
function withoutPass(folder: string): string {
  const to = join(work, "without-pass", folder);
  mkdirSync(to, { recursive: true });
  const from = join(data, folder, "S1_GRD_ASC_20m");
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name.replace("_ASC", "")));
  return to;
}

const squares: readonly Place[] = [
  {
    name: "flanders-crops-2019",
    source: copernicus,
    like: "S2_L2A_10m/S2_L2A_10m_20190610T105703.tif",
    files: ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m"],
  },
  {
    name: "flanders-crops-2019-20m",
    source: copernicus,
    like: "labels_10m.tif",
    files: ["S2_L2A_20m", "S2_SCL_20m"],
    duplicates: "best",
  },
].flatMap((square): Place[] => {
  const folder = join(data, square.name);
  const files = square.files.map((name) => join(folder, name));
  const like = join(folder, square.like);
  return [
    { ...square, like, files: [...files, join(folder, "S1_GRD_ASC_20m")] } as Place,
    { ...square, name: `${square.name}, pass not told`, like, files: [...files, withoutPass(square.name)] } as Place,
  ];
});

const places: readonly Place[] = [
  ...squares,
  ...["Abies_alba_1_1005", "Betula_spec._1_15679", "Betula_spec._5_17172", "Quercus_robur_3_86918"].map(
    (tile): Place => {
      const stack = (what: string) => join(data, "treesat-ts", tile, `${tile}_${what}_stack.tif`);
      return {
        name: `treesat-ts ${tile}`,
        source: treesat,
        like: stack("S2"),
        files: [stack("S2"), stack("S1_asc"), stack("S1_des")],
        duplicates: "keep",
      };
    },
  ),
  ...["S2A_MSIL2A_20170613T101031_87_48", "S2B_MSIL2A_20170924T93020_69_24"].map((pair): Place => {
    const folder = join(data, "bigearthnet-pairs", pair);
    const files = readdirSync(folder).filter((name) => name.endsWith(".tif"));
    return {
      name: `bigearthnet-pairs ${pair}`,
      source: bigearthnet,
      like: folder,
      files: files.map((name) => join(folder, name)),
    };
  }),
].filter(({ name }) => values.without === undefined || !isLeftOut(name, values.without));

/** `flanders-crops-2019` leaves out that square and not the one whose name goes on. */
function isLeftOut(name: string, without: string): boolean {
  return without.split(",").some((start) => name.split(/[ ,]/)[0] === start);
}

async function run(...command: readonly string[]): Promise<void> {
  console.log(`omnisat ${command.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(" ")}`);
  const { code, out, err } = await omnisat(...command);
  if (code !== 0) throw new Error(err.trim() || out.trim());
  console.log(out.trim());
}

const began = performance.now();
const projects: string[] = [];
for (const { name, like, files, duplicates } of places) {
  const project = join(work, name.replaceAll(/[^A-Za-z0-9.-]+/g, "-"));
  projects.push(project);
  if (existsSync(join(project, "project.omniproj"))) continue;
  await run("project", "create", project, "--name", name, "--like", like, "--patch", "10", "--tile", "6");
  await run("project", "import", project, ...files, ...(duplicates ? ["--duplicates", duplicates] : []));
}
const [home, ...others] = projects;
const also = others.flatMap((project) => ["--also", project]);
if (!existsSync(join(home!, "models/europe-10m")))
  await run("pretrain", home!, "europe-10m", ...also, "--steps", values.steps, "--seed", values.seed);
const to = resolve(values.to);
const card = join(to, "README.md");
// Figures are measured afterwards and written by hand: they stay until somebody measures again.
const figures = existsSync(card)
  ? /## Figures\n[\s\S]*?(?=\n## |$)/.exec(readFileSync(card, "utf8"))?.[0].trim()
  : undefined;
rmSync(to, { recursive: true, force: true });
await run("model", "export", home!, "europe-10m", to);

const sources = [...new Set(places.map(({ source }) => source))];
writeFileSync(
  card,
  `${readFileSync(card, "utf8").trimEnd()}
${figures ? `\n${figures}\n` : ""}
## Sources and licences

${sources.map(({ name, licence }) => `- ${name}: ${licence}`).join("\n")}

The weights: CC BY 4.0, see LICENSE. Contains modified Copernicus Sentinel data 2017–2020.
`,
);
writeFileSync(
  join(to, "LICENSE"),
  `CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)

These weights are published by the OmniSat Desktop maintainers under the Creative Commons Attribution 4.0 International licence.
They were learned, without labels, from:

${sources.map(({ name, licence }) => `- ${name}: ${licence}`).join("\n")}

Contains modified Copernicus Sentinel data 2017–2020. No image is part of this folder.
`,
);
console.log(`${to} in ${Math.round((performance.now() - began) / 1000)} s`);
if (!values.work) rmSync(work, { recursive: true, force: true });
