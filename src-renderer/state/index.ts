/** The state of the window: every class made once, over the program that this window talks to. */
import { client } from "../client/index.ts";
import { AlignedDates } from "./aligned-dates.svelte.ts";
import { Alignment } from "./alignment.svelte.ts";
import { appearanceOfPage } from "./appearance.ts";
import { BlindLabelling } from "./blind-labelling.svelte.ts";
import { Chains } from "./chains.svelte.ts";
import { Compare } from "./compare.svelte.ts";
import { Device } from "./device.svelte.ts";
import { Docks } from "./docks.svelte.ts";
import { EditHistory } from "./history.svelte.ts";
import { Instant } from "./instant.svelte.ts";
import { Jobs } from "./jobs.svelte.ts";
import { LabelAsks } from "./label-asks.svelte.ts";
import { LabelDrawing } from "./label-drawing.svelte.ts";
import { LabelProblems } from "./label-problems.svelte.ts";
import { LabelScreens } from "./label-screens.svelte.ts";
import { Labels } from "./labels.svelte.ts";
import { Layers } from "./layers.svelte.ts";
import { MapActivity } from "./map-activity.svelte.ts";
import { MapDialogs } from "./map-dialogs.svelte.ts";
import { MapPlan } from "./map-plan.svelte.ts";
import { Maps } from "./maps.svelte.ts";
import { Notifier } from "./notify.ts";
import { Outline } from "./outline.svelte.ts";
import { WindowOverlays } from "./overlays.svelte.ts";
import { Pins } from "./pins.svelte.ts";
import { Runs } from "./runs.svelte.ts";
import { Selection } from "./selection.svelte.ts";
import { ProjectSession } from "./session.svelte.ts";
import { SettingsState } from "./settings.svelte.ts";
import { Similar } from "./similar.svelte.ts";
import { Stack } from "./stack.svelte.ts";
import { StartScreen } from "./start.svelte.ts";
import { Steps } from "./steps.svelte.ts";
import { Tiles } from "./tiles.svelte.ts";
import { Timeline } from "./timeline.svelte.ts";
import { ViewMemory } from "./view-memory.ts";
import { WorkDialogs } from "./work-dialogs.svelte.ts";

export const settings = new SettingsState({ client, appearance: appearanceOfPage() });
export const session = new ProjectSession({ client, storage: globalThis.sessionStorage });
export const viewMemory = new ViewMemory({ client, session });
export const notifier = new Notifier(settings);

export const selection = new Selection(session);
export const overlays = new WindowOverlays();
export const startScreen = new StartScreen(session);
export const workDialogs = new WorkDialogs();
export const labelScreens = new LabelScreens();
export const mapDialogs = new MapDialogs(session);
export const mapPlan = new MapPlan(session);
export const docks = new Docks({ memory: viewMemory, narrow: () => innerWidth < 1180, slim: () => innerWidth < 900 });
export const device = new Device(client);
export const mapActivity = new MapActivity();

export const history = new EditHistory(client);
export const jobs = new Jobs({ client, notifier });
export const runs = new Runs({ client, jobs });
export const layers = new Layers({ client, session, history });
export const timeline = new Timeline({ client, session, memory: viewMemory, layers, activity: mapActivity });
export const labels = new Labels({ client, session, selection });
export const instant = new Instant({ client, session, memory: viewMemory });
export const labelDrawing = new LabelDrawing({ session, memory: viewMemory, labels });
export const outline = new Outline({ client, session, labels, labelDrawing });
export const similar = new Similar({ client, session });
export const labelAsks = new LabelAsks({ client, session, labels });
export const labelProblems = new LabelProblems({ client, session, labels });
export const tiles = new Tiles({ client, session });
export const maps = new Maps({
  client,
  session,
  jobs,
  layers,
  uncover: () => {
    runs.shown = null;
    labelDrawing.showSplit(false);
  },
  tests: (): boolean => steps.tests,
});
export const blind = new BlindLabelling({ client, session, layers });
export const steps = new Steps({ client, session, memory: viewMemory, layers, labels, tiles, maps, jobs });
export const pins = new Pins({ client, session, memory: viewMemory });
export const alignment = new Alignment({ client, session, layers, timeline });
export const alignedDates = new AlignedDates({ client, session, jobs });
history.saveFirst(() => alignment.commit());
export const stack = new Stack({ client, session });
export const compare = new Compare({ session, memory: viewMemory, layers, timeline });
export const chains = new Chains({ client, session, jobs, maps, layers, compare });
