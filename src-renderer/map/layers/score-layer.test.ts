import "../dom.fixture.ts";
import type { FrameState } from "ol/Map.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ScoresRequest } from "../../../src-shared/ipc/pixels.ts";
import { ScoreLayer } from "./score-layer.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

/** What was put on which canvas: pixels as 32 bits, and how they are laid on the map. */
let pictures: Uint32Array[] = [];
let transforms: number[][] = [];
beforeEach(() => {
  [pictures, transforms] = [[], []];
  const context = {
    setTransform: (...all: number[]) => transforms.push(all),
    clearRect: () => {},
    drawImage: () => {},
    createImageData: (width: number, height: number) => ({ data: new Uint8ClampedArray(4 * width * height) }),
    putImageData: ({ data }: { data: Uint8ClampedArray }) => pictures.push(new Uint32Array(data.buffer)),
  };
  const create = document.createElement.bind(document);
  vi.spyOn(document, "createElement").mockImplementation(((name: string) =>
    name === "canvas" ? Object.assign(create(name), { getContext: () => context }) : create(name)) as never);
  vi.stubGlobal("requestAnimationFrame", (then: () => void) => then());
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const whole = { epoch: "a", extent: [100, -20, 3000, 2000], meters: 10 } as const;
const small = { epoch: "a", extent: [0, 0, 4, 2], meters: 10 } as const;
/** A view of 200 × 100 pixels whose corner lies at `left`, `top`. */
function frameAt(left: number, top: number, resolution: number, viewHints = [0, 0]): FrameState {
  return {
    size: [200, 100],
    pixelRatio: 1,
    viewHints,
    viewState: { resolution },
    extent: [left, top - 100 * resolution, left + 200 * resolution, top],
    coordinateToPixelTransform: [1 / resolution, 0, 0, -1 / resolution, -left / resolution, top / resolution],
  } as never;
}

function layerThat(answers: (asked: ScoresRequest) => Uint8Array | undefined) {
  const asked: ScoresRequest[] = [];
  const [drawn, lost]: [string[], string[]] = [[], []];
  const layer = new ScoreLayer({
    className: "scores",
    ramp: "greys",
    fetch: async (request) => {
      asked.push(request);
      return answers(request);
    },
    ondrawn: (epoch) => drawn.push(epoch),
    onlost: (epoch) => lost.push(epoch),
  });
  return { layer, asked, drawn, lost };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const zeros = ({ width, height }: ScoresRequest) => new Uint8Array(width * height);

test("a small project is asked for whole and once; moving the map asks for nothing, other clicks do", async () => {
  const { layer, asked, drawn } = layerThat(zeros);
  layer.render(frameAt(0, 0, 1));
  layer.show(small);
  await settle();
  layer.render(frameAt(-50, 30, 2));
  await settle();
  expect(asked).toEqual([{ epoch: "a", col: 0, row: 0, width: 4, height: 2, step: 1 }]);
  layer.show({ ...small, epoch: "b" });
  await settle();
  expect([asked.length, asked[1]!.epoch]).toEqual([2, "b"]);
  await vi.waitFor(() => expect(drawn).toEqual(["a", "b"]));
});

test("of a large one the view and a margin are asked for, every patch or one for a pixel; beside it nothing", async () => {
  const { layer, asked } = layerThat(zeros);
  layer.render(frameAt(5000, -4000, 10));
  layer.show(whole);
  await settle();
  // 200 × 100 patches from column 500 and row 400 on, and a quarter of 200 more on each side.
  expect(asked).toEqual([{ epoch: "a", col: 450, row: 350, width: 300, height: 200, step: 1 }]);
  layer.render(frameAt(5300, -4300, 10));
  await settle();
  expect(asked).toHaveLength(1);
  // While the map moves nothing is asked for.
  layer.render(frameAt(9000, -4000, 10, [1, 0]));
  expect(asked).toHaveLength(1);
  layer.render(frameAt(9000, -4000, 10));
  await settle();
  expect(asked[1]).toMatchObject({ col: 850, row: 350, step: 1 });
  layer.render(frameAt(1000, 200, 40));
  await settle();
  expect(asked[2]).toMatchObject({ step: 4, col: 100, row: -20 });
  layer.render(frameAt(-90_000, 200, 40));
  await settle();
  expect(asked).toHaveLength(3);
});

test("scores are coloured along the ramp from 0 to 1; lower ones than the threshold and patches without any are not drawn", async () => {
  const bytes = Uint8Array.from([0, 1, 101, 201, 151, 126, 0, 201]);
  const { layer } = layerThat(() => bytes);
  // Layers above have canvases of their own: they draw into one that is bare.
  expect(layer.render(frameAt(0, 0, 1)).tagName).toBe("DIV");
  layer.show(small);
  await settle();
  const grey = (value: number) => (0xff000000 | (value << 16) | (value << 8) | value) >>> 0;
  expect([...pictures.at(-1)!]).toEqual([0, grey(0), grey(0), grey(255), grey(128), grey(64), 0, grey(255)]);
  layer.drawFrom(0.5);
  expect([...pictures.at(-1)!]).toEqual([0, 0, 0, grey(255), grey(128), 0, 0, grey(255)]);
  // A patch of 10 m is 10 pixels wide at 1 m, and its first one lies in the corner of the view.
  expect(transforms.at(-1)!.map((one) => one + 0)).toEqual([10, 0, 0, 10, 0, 0]);
  layer.show(null);
  expect(transforms.at(-1)).toEqual([1, 0, 0, 1, 0, 0]);
});

test("scores that the program has no more are told, and asked for again with their clicks", async () => {
  let there = false;
  const { layer, asked, lost, drawn } = layerThat((request) => (there ? zeros(request) : undefined));
  layer.render(frameAt(0, 0, 1));
  layer.show(small);
  await settle();
  expect([lost, drawn]).toEqual([["a"], []]);
  there = true;
  layer.show({ ...small });
  await settle();
  expect(asked).toHaveLength(2);
  await vi.waitFor(() => expect(drawn).toEqual(["a"]));
});
