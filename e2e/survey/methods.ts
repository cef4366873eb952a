// The ways to a map that the program offers, as a person would type them, with its defaults.
import type { SurveyCommand } from "./sets.ts";

export interface Method {
  readonly name: string;
  /** once per seed, before the folds: labels play no part in it */
  once?(project: string, seed: number): readonly SurveyCommand[];
  /** what makes `model` from the split in force; `encoder` is the one that comes with the program, or another in its place */
  train(project: string, model: string, seed: number, encoder: string): readonly SurveyCommand[];
  /** starts from that encoder: a set whose images it has learned from is no test of it */
  readonly ofEncoder?: true;
  /** one set of weights serves every subset of the sensors */
  readonly subsets: boolean;
}

/** An encoder of a project that learned without labels: one per seed serves all that start from it. */
const pretrained = (project: string, seed: number): readonly SurveyCommand[] => [
  ["pretrain", project, `encoder-${seed}`, "--seed", String(seed)],
];

export const methods: readonly Method[] = [
  {
    name: "OmniSat",
    once: pretrained,
    train: (project, model, seed) => [
      ["finetune", project, model, "--from", `encoder-${seed}`, "--seed", String(seed)],
    ],
    subsets: true,
  },
  {
    name: "OmniSat, shipped encoder",
    train: (project, model, seed, encoder) => [["finetune", project, model, "--from", encoder, "--seed", String(seed)]],
    subsets: true,
    ofEncoder: true,
  },
  {
    name: "OmniSat from scratch",
    train: (project, model, seed) => [["finetune", project, model, "--seed", String(seed)]],
    subsets: true,
  },
  ...(["logistic-regression", "random-forest", "boosted-trees"] as const).map(
    (name): Method => ({
      name,
      train: (project, model, seed) => [["finetune", project, model, "--method", name, "--seed", String(seed)]],
      subsets: false,
    }),
  ),
  ...(
    [
      ["frozen encoder + regression", "encoder"],
      ["both + regression", "both"],
    ] as const
  ).map(
    ([name, features]): Method => ({
      name,
      once: pretrained,
      train: (project, model, seed) => [
        ["finetune", project, model, "--method", "logistic-regression", "--features", features, "--from", `encoder-${seed}`, "--seed", String(seed)], // biome-ignore format: one command
      ],
      subsets: false,
    }),
  ),
];
