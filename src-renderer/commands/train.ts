import type { Command } from "../state/commands.ts";
import { docks, jobs, session } from "../state/index.ts";

const inWorkspace = (): boolean => session.view === "workspace";

/** Commands of the train area. They may import state, never OpenLayers or a panel: the palette loads them at once. */
export const trainCommands: readonly Command[] = [
  {
    id: "train.new",
    group: "train",
    title: "train.command.new",
    icon: "train",
    when: inWorkspace,
    run: () => docks.show("right", "train"),
  },
  {
    id: "train.charts",
    group: "train",
    title: "train.command.charts",
    icon: "chart",
    when: inWorkspace,
    run: () => docks.show("bottom", "charts"),
  },
  {
    id: "train.pause",
    group: "train",
    title: "train.command.pause",
    icon: "pause",
    when: () => jobs.running.length > 0,
    run: async () => {
      const job = jobs.running[0];
      if (job) await jobs.pause(job.id);
    },
  },
  {
    id: "train.resume",
    group: "train",
    title: "train.command.resume",
    icon: "play",
    when: () => jobs.list.some(({ state }) => state === "resumable"),
    run: async () => {
      const job = jobs.list.findLast(({ state }) => state === "resumable");
      if (job) await jobs.resume(job.id);
    },
  },
];
