import { expect, test } from "vitest";
import { seededRandom } from "../files/index.ts";
import { fitTemperature, type HeldOut } from "./temperature.ts";

/** Rows of three classes whose probabilities are known, told sharper or blunter than they are. */
function told(sharpness: number, rows = 6000): HeldOut {
  const random = seededRandom("temperature");
  const shares = new Float32Array(3 * rows);
  const classes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const logs = [random(), random(), random()].map((own) => 4 * own);
    const truth = softmax(logs);
    const at = random();
    classes[i] = at < truth[0]! ? 0 : at < truth[0]! + truth[1]! ? 1 : 2;
    shares.set(softmax(logs.map((own) => own * sharpness)), 3 * i);
  }
  return {
    shares,
    classes,
    classCount: 3,
    groups: Int32Array.from(classes.keys()),
    asked: new Uint8Array(rows).fill(1),
  };
}

function softmax(logs: readonly number[]): number[] {
  const own = logs.map(Math.exp);
  const sum = own.reduce((p, q) => p + q, 0);
  return own.map((one) => one / sum);
}

test("probabilities that were told too blunt or too sharp are brought back to what they were", () => {
  for (const sharpness of [0.2, 1, 3]) expect(fitTemperature(told(sharpness)) / sharpness).toBeCloseTo(1, 1);
});

test("polygons count the same, whatever their rows", () => {
  const { shares, classes, ...rest } = told(0.5, 300);
  // Every polygon told a hundred times is what it was told once.
  const times = (n: number) => (i: number) => Math.floor(i / n);
  const many: HeldOut = {
    ...rest,
    shares: Float32Array.from(
      { length: 100 * shares.length },
      (_, at) => shares[3 * times(100)(Math.floor(at / 3)) + (at % 3)]!,
    ),
    classes: Int32Array.from({ length: 100 * classes.length }, (_, i) => classes[times(100)(i)]!),
    groups: Int32Array.from({ length: 100 * classes.length }, (_, i) => times(100)(i)),
    asked: new Uint8Array(100 * classes.length).fill(1),
  };
  const once = fitTemperature({ ...rest, shares, classes });
  expect(fitTemperature(many)).toBeCloseTo(once, 8);
});

test("a few polygons that are all right claim no certainty, and none at all change nothing", () => {
  const rows = 4;
  const right: HeldOut = {
    shares: Float32Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? 0.6 : 0.4)),
    classes: new Int32Array(rows),
    classCount: 2,
    groups: Int32Array.from({ length: rows }, (_, i) => i),
    asked: new Uint8Array(rows).fill(1),
  };
  const temperature = fitTemperature(right);
  const sharper = 0.6 ** (1 / temperature) / (0.6 ** (1 / temperature) + 0.4 ** (1 / temperature));
  expect(sharper).toBeCloseTo(5 / 6, 6);
  expect(fitTemperature({ ...right, asked: new Uint8Array(rows) })).toBe(1);
  // One class alone is known: there is nothing to sharpen.
  expect(fitTemperature({ ...right, shares: right.shares.map((_, at) => (at % 2 === 0 ? 1 : 0)) })).toBe(1);
});

test("classes that were not taught have no say", () => {
  const { shares, classes, ...rest } = told(0.5, 500);
  const wider = Float32Array.from({ length: 4 * classes.length }, (_, at) => (at % 4 === 3 ? 0 : shares[3 * Math.floor(at / 4) + (at % 4)]!)); // biome-ignore format: one table
  expect(fitTemperature({ ...rest, classes, shares: wider, classCount: 4 })).toBeCloseTo(
    fitTemperature({ ...rest, classes, shares }),
    10,
  );
});
