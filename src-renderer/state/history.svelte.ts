import type { Edit } from "../../src-shared/domain/edit.ts";
import type { Client } from "../client/index.ts";
import { t, translate } from "../i18n/index.ts";
import { type Note, notices } from "../ui/notices.svelte.ts";

/** What the next undo and redo would do, and doing them. */
export class EditHistory {
  readonly #client: Client;
  undoable = $state.raw<Edit | null>(null);
  redoable = $state.raw<Edit | null>(null);
  #busy = false;
  #turn = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Follows the history of the open project; returns how to stop. Call it inside `$effect` or `$effect.root`. */
  follow(): () => void {
    const stop = this.#client.whenChanged(() => void this.#ask(), "edits.list");
    // After a lost connection, announcements of changes were missed.
    $effect(() => {
      void this.#client.connection.epoch;
      void this.#ask();
    });
    return () => {
      stop();
      this.#turn++;
      this.undoable = this.redoable = null;
    };
  }

  undo = (): Promise<void> => this.#step("edits.undo");
  redo = (): Promise<void> => this.#step("edits.redo");

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

  async #step(command: "edits.undo" | "edits.redo"): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const edit = await this.#client.invoke(command, {});
      if (edit) {
        const what = this.nameOf(edit);
        notices.say("info", command === "edits.undo" ? t("shell.undone", { what }) : t("shell.redone", { what }));
      }
      await this.#ask();
    } catch (error) {
      notices.fail(error);
      await this.#ask();
    } finally {
      this.#busy = false;
    }
  }

  /** Only the newest question's answer counts: an older one that arrives late may be of before an edit. */
  async #ask(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const { undo, redo } = await this.#client.invoke("edits.list", { limit: 1 });
      if (turn !== this.#turn) return;
      this.undoable = undo;
      this.redoable = redo;
    } catch {
      // The project was left meanwhile: there is no history to show.
      if (turn === this.#turn) this.undoable = this.redoable = null;
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
