// npm run bench:methods [-- --rows 50000] [-- --columns 240] [-- --classes 10] [-- --methods A,B]: how long the methods without a network take.
import { argv, cpuUsage, stdout } from "node:process";
import { parseArgs } from "node:util";
import { isMethod, methods } from "../../src-shared/domain/method.ts";
import { classify, type LabelledTable, teachMethod } from "../classifiers/index.ts";
import { seededRandom } from "../files/index.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    rows: { type: "string", default: "50000" },
    columns: { type: "string", default: "240" },
    classes: { type: "string", default: "10" },
    methods: { type: "string", default: methods.join() },
  },
});

/** A bell around 0, from four random numbers. */
const bell = (random: () => number): number => random() + random() + random() + random() - 2;

/** Polygons of fifty rows: months that resemble their neighbours, a class, the polygon's own shift, and noise. */
function madeUp(rows: number, columns: number, classCount: number): { table: LabelledTable; groups: Int32Array } {
  const random = seededRandom("bench");
  const groups = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 50));
  const classes = groups.map((group) => group % classCount);
  const curve = () => {
    let at = 0;
    return Float32Array.from({ length: columns }, () => (at = 0.9 * at + 0.4 * bell(random)));
  };
  const ofClass = Array.from({ length: classCount }, curve);
  const ofGroup = Array.from({ length: groups.at(-1)! + 1 }, curve);
  const values = new Float32Array(rows * columns);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++)
      values[at] = ofClass[classes[i]!]![j]! + 0.7 * ofGroup[groups[i]!]![j]! + bell(random);
  return { table: { values, rows, columns, classes, classCount }, groups };
}

const [rows, columns, classCount] = [Number(values.rows), Number(values.columns), Number(values.classes)];
const { table, groups } = madeUp(rows, columns, classCount);
const chosen = values.methods.split(",").filter(isMethod);
stdout.write(`${rows} rows, ${columns} columns, ${classCount} classes; seconds of the processor, one thread\n`);
const seconds = (since: NodeJS.CpuUsage): string => {
  const { user, system } = cpuUsage(since);
  return ((user + system) / 1e6).toFixed(1);
};
for (const method of chosen) {
  const began = cpuUsage();
  const { classifier, settings } = await teachMethod(method, table, { seed: 1, groups });
  const taught = seconds(began);
  const asked = cpuUsage();
  classify(classifier, table);
  stdout.write(
    `${method}: taught in ${taught} s, all rows asked in ${seconds(asked)} s, ${JSON.stringify(settings)}\n`,
  );
}
