import type { Command } from "../command.ts";
import { alignCommands } from "./align.ts";
import { areaCommands } from "./areas.ts";
import { demoCommands } from "./demo.ts";
import { doctorCommands } from "./doctor.ts";
import { exportCommands } from "./exports.ts";
import { featureCommands } from "./features.ts";
import { fileCommands } from "./files.ts";
import { instantCommands } from "./instant.ts";
import { labelCommands } from "./labels.ts";
import { modelCommands } from "./models.ts";
import { numberCommands } from "./numbers.ts";
import { parityCommands } from "./parity.ts";
import { projectCommands } from "./project.ts";
import { runCommands } from "./runs.ts";
import { serveCommands } from "./serve.ts";
import { similarCommands } from "./similar.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...fileCommands,
  ...projectCommands,
  ...alignCommands,
  ...labelCommands,
  ...featureCommands,
  ...instantCommands,
  ...similarCommands,
  ...numberCommands,
  ...runCommands,
  ...areaCommands,
  ...exportCommands,
  ...modelCommands,
  ...serveCommands,
  ...doctorCommands,
  ...parityCommands,
  ...demoCommands,
];
