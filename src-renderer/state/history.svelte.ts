import type { Edit } from "../../src-shared/domain/edit.ts";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import { t, translate } from "../i18n/index.ts";
import { type Note, notices } from "../ui/notices.svelte.ts";

/** What the next undo and redo would do, and doing them. */
export class EditHistory {
  readonly #client: Client;
  #next = $state.raw<Live<AnswerOf<"edits.list">> | null>(null);
  readonly #unsaved = new Set<() => Promise<unknown>>();
  #queue: Promise<unknown> = Promise.resolve();
  /** steps that were asked for before this changed are not taken any more */
  #round = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  get undoable(): Edit | null {
    return this.#known?.undo ?? null;
  }
  get redoable(): Edit | null {
    return this.#known?.redo ?? null;
  }

  /** Follows the history of the open project; returns how to stop. Call it inside `$effect` or `$effect.root`. */
  follow(): () => void {
    this.#next = this.#client.live("edits.list", () => ({ limit: 1 }));
    return () => {
      this.#next = null;
      this.#round++;
    };
  }

  /** Before a step is taken back or done again, `save` stores what was changed and is not stored yet. Returns how to stop. */
  saveFirst(save: () => Promise<unknown>): () => void {
    this.#unsaved.add(save);
    return () => this.#unsaved.delete(save);
  }

  undo = (): Promise<void> => this.#inTurn("edits.undo");
  redo = (): Promise<void> => this.#inTurn("edits.redo");

  /** What the button does, or why it cannot. */
  readonly undoLabel = $derived.by((): string => {
    const edit = this.undoable;
    if (!edit) return t("shell.undo");
    return t(edit.stale ? "shell.undo.stale" : "shell.undo.what", { what: this.nameOf(edit) });
  });
  readonly redoLabel = $derived.by((): string => {
    const edit = this.redoable;
    if (!edit) return t("shell.redo");
    return t(edit.stale ? "shell.redo.stale" : "shell.redo.what", { what: this.nameOf(edit) });
  });

  nameOf(edit: Edit): string {
    return translate(`edit.${edit.name.key}`, edit.name.params ?? {}, "edit.unknown");
  }

  /** `null` while it is not known, and when the project was left meanwhile. */
  get #known(): AnswerOf<"edits.list"> | null {
    return this.#next && this.#next.error === undefined ? (this.#next.value ?? null) : null;
  }

  /** Every press is one step, also while the program is still at the one before. */
  async #inTurn(command: "edits.undo" | "edits.redo"): Promise<void> {
    const round = this.#round;
    const step = this.#queue.then(() => (round === this.#round ? this.#step(command) : undefined));
    this.#queue = step;
    await step;
    await this.#next?.refresh();
  }

  async #step(command: "edits.undo" | "edits.redo"): Promise<void> {
    try {
      for (const save of this.#unsaved) await save();
      const edit = await this.#client.invoke(command, {});
      if (!edit) return;
      const what = this.nameOf(edit);
      notices.say("info", command === "edits.undo" ? t("shell.undone", { what }) : t("shell.redone", { what }));
    } catch (error) {
      // What was pressed after a step that is refused would be refused with it.
      this.#round++;
      notices.fail(error);
    }
  }

  /**
   * Does `work`, which makes one step of the history, and gives with its answer the button that takes back this step and no other;
   * none when nothing was changed, or another window changed something in the same moment.
   */
  async recorded<T>(work: () => Promise<T>): Promise<{ value: T; button: Note["action"] }> {
    const newest = (limit: number) => this.#client.invoke("edits.list", { limit }).then(({ edits }) => edits);
    const before = (await newest(1))[0]?.id ?? 0;
    const value = await work();
    const [own, other] = (await newest(2)).filter(({ id }) => id > before);
    if (!own || other) return { value, button: undefined };
    const run = () =>
      void this.#client.invoke("edits.undo", { edit: own.id }).catch((error: unknown) => notices.fail(error));
    return { value, button: { label: t("shell.undo"), run } };
  }
}
