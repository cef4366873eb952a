// What the strip of steps and the notices do when a step is pressed: the panel of the step, ready for it.
import type { ChainFacts } from "../../src-shared/domain/chain.ts";
import type { Job } from "../../src-shared/domain/job-row.ts";
import { client } from "../client/index.ts";
import { t } from "../i18n/index.ts";
import { type Note, notices } from "../ui/notices.svelte.ts";
import { chains, jobs, labelScreens, mapPlan, maps, session, steps, workDialogs } from "./index.ts";
import type { PanelId } from "./panels.ts";
import { showPanel } from "./show-panel.ts";
import type { StepId } from "./steps.svelte.ts";

/** Shows where a step is done. */
export function showStep(id: StepId): void {
  const ofTiles = steps.ofTiles && (id === "labels" || id === "split");
  if (id === "labels") labelScreens.tab = "classes";
  else if (id === "split") labelScreens.tab = "split";
  const [newest] = maps.products;
  if ((id === "map" || id === "accuracy") && newest) maps.view = { kind: "map", id: newest.id };
  showPanel(ofTiles ? "tiles" : panelOfStep[id]);
}

const panelOfStep = {
  images: "layers",
  labels: "labels",
  split: "labels",
  train: "train",
  map: "maps",
  accuracy: "maps",
  export: "export",
} as const satisfies Record<StepId, PanelId>;

/** Goes on with a step: where it needs one press more, up to that. */
export async function doStep(id: StepId): Promise<void> {
  if (id === "images") {
    workDialogs.showImport();
    return;
  }
  showStep(id);
  if (id === "map" && maps.drawers.length > 0) maps.view = { kind: "new" };
  if (id === "accuracy") await measure();
}

/** Measures the newest map's model with its inputs; without labels that test, these come first. */
async function measure(): Promise<void> {
  const [map] = maps.products;
  const model = map && maps.modelOf(map)?.name;
  if (!steps.tests) showStep("split");
  if (!steps.tests || !map || model === undefined) return;
  try {
    await client.invoke("runs.evaluate", { model, subsets: [[...map.modalities]] });
  } catch (error) {
    notices.fail(error);
  }
}

/** The button of a step. */
const stepButton = (id: StepId): Note["action"] => ({
  label: t(`steps.next.${id}`),
  run: () => void doStep(id),
});

/** The button of the step that comes next; `null` when all are done, in a project that is only read, or while that is not known. */
const nextButton = (): Note["action"] | null =>
  steps.next && !session.project?.readOnly ? stepButton(steps.next.id) : null;

/** What comes after a job that went well. */
function after({ kind, title }: Job): Note["action"] | null {
  if (session.project?.readOnly) return null;
  switch (kind) {
    case "pretrain":
      return stepButton(steps.next?.id === "labels" || steps.next?.id === "split" ? steps.next.id : "train");
    case "finetune":
      return {
        label: t("steps.next.map"),
        run: () => {
          mapPlan.model = title;
          void doStep("map");
        },
      };
    case "map":
      // Where labels test, the accuracy is being measured by itself.
      return stepButton(steps.tests ? "export" : "accuracy");
    case "evaluate":
      return maps.products.length > 0 ? stepButton("export") : stepButton("map");
    default:
      return null;
  }
}

/** Gives the notices of jobs their next button. Call it once. */
export function offerNextSteps(): void {
  jobs.offerNext(after);
  chains.offerLook((chain) => void showChain(chain));
}

/** Both maps of a chain over each other or beside each other, and their figures. */
export function showChain(chain: Pick<ChainFacts, "id" | "maps">, mode: "swipe" | "side" = "swipe"): Promise<void> {
  showPanel("maps");
  return chains.show(chain, mode);
}

/** After images or labels came in. */
export const afterImport = nextButton;
