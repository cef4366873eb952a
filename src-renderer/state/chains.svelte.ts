import { untrack } from "svelte";
import type { ChainFacts } from "../../src-shared/domain/chain.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { RequestOf } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import { t } from "../i18n/index.ts";
import { notices } from "../ui/notices.svelte.ts";
import type { Compare, CompareMode } from "./compare.svelte.ts";
import type { Jobs } from "./jobs.svelte.ts";
import type { Layers } from "./layers.svelte.ts";
import type { Maps } from "./maps.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

interface Needs {
  readonly client: Client;
  readonly session: ProjectSession;
  readonly jobs: Pick<Jobs, "hush">;
  readonly maps: Pick<Maps, "view">;
  readonly layers: Pick<Layers, "present">;
  readonly compare: Pick<Compare, "a" | "b" | "set">;
}

/** Names that are tried before it is given up. */
const mostNames = 100;

const aboutChain = ({ id }: Pick<ChainFacts, "id">): string => `chain:${id}`;

/** From labels to a trained map: the chain that is under way, and the maps side by side when it is done. */
export class Chains {
  readonly #needs: Needs;
  #list!: Live<readonly ChainFacts[]>;
  /** chains of which this window saw that they were under way */
  #seen: ReadonlySet<number> = new Set();
  /** what the button of the notice does */
  #look: (chain: ChainFacts) => void = (chain) => void this.show(chain);
  /** what a button could not do */
  failed = $state.raw<unknown>();

  constructor(needs: Needs) {
    this.#needs = needs;
    const { client, session, jobs } = needs;
    $effect.root(() => {
      this.#list = client.live("chains.list", () => (session.project ? {} : null));
      $effect(() => {
        void session.folder;
        this.#seen = new Set();
        this.failed = undefined;
      });
      // One notice when all is done, instead of one for each of its jobs.
      $effect(() => {
        for (const { ended, steps } of this.list)
          if (ended === null)
            for (const { job, state } of steps) if (job !== null && state !== "finished") jobs.hush(job);
      });
      $effect(() => {
        const done = this.list.filter(({ id, state }) => state === "done" && this.#seen.has(id));
        this.#seen = new Set(this.list.flatMap(({ id, ended }) => (ended === null ? [id] : [])));
        untrack(() => {
          for (const chain of done) {
            const run = () => this.#look(chain);
            notices.say(
              "success",
              t("chain.done", { name: chain.plan.trained }),
              { label: t("chain.see"), run },
              aboutChain(chain),
            );
          }
        });
      });
    });
  }

  get list(): readonly ChainFacts[] {
    return this.#list?.value ?? [];
  }

  /** The one that has not ended. */
  readonly current = $derived.by(() => this.list.findLast(({ ended }) => ended === null) ?? null);
  /** The newest of which both maps are there. */
  readonly finished = $derived.by(
    () =>
      this.list.findLast(({ ended, maps }) => ended === "done" && maps.instant !== null && maps.trained !== null) ??
      null,
  );

  /** The newest chain that made a map, and of which both maps are there. */
  ofMap(map: number): ChainFacts | undefined {
    return this.list.findLast(
      ({ ended, maps: { instant, trained } }) =>
        ended === "done" && instant !== null && trained !== null && (instant === map || trained === map),
    );
  }

  /** Says how a chain that is done is looked at: its notice gets the button. */
  offerLook(look: (chain: ChainFacts) => void): void {
    this.#look = look;
  }

  byId(id: number): ChainFacts | undefined {
    return this.list.find((chain) => chain.id === id);
  }

  /** Begins one; names that are taken get a number. Has it begun? */
  start(request: RequestOf<"chains.start">): Promise<boolean> {
    return this.#do(async () => {
      for (let n = 1; ; n++) {
        const numbered = (name: string) => (n === 1 ? name : `${name} (${n})`);
        try {
          const { name, instant, encoder } = request;
          await this.#needs.client.invoke("chains.start", {
            ...request,
            name: numbered(name),
            instant: numbered(instant),
            encoder: numbered(encoder),
          });
          return;
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== "model-exists" || n === mostNames) throw error;
        }
      }
    });
  }

  resume = (id: number): Promise<boolean> => this.#do(() => this.#needs.client.invoke("chains.resume", { id }));
  stop = (id: number): Promise<boolean> => this.#do(() => this.#needs.client.invoke("chains.stop", { id }));
  cancel = (id: number): Promise<boolean> => this.#do(() => this.#needs.client.invoke("chains.cancel", { id }));

  /** Both maps over each other, and their figures. */
  async show(chain: Pick<ChainFacts, "id" | "maps">, mode: Exclude<CompareMode, "off"> = "swipe"): Promise<void> {
    const { maps, layers, compare } = this.#needs;
    const { instant, trained } = chain.maps;
    notices.settle(aboutChain(chain));
    maps.view = { kind: "beside", chain: chain.id };
    if (instant === null || trained === null) return;
    const ids = [`map:${instant}`, `map:${trained}`] as const;
    await layers.present(ids.map((id) => ({ id, visible: true })));
    [compare.a, compare.b] = ids;
    compare.set(mode);
  }

  async #do(work: () => Promise<unknown>): Promise<boolean> {
    this.failed = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.failed = error;
      return false;
    }
  }
}
