/** What an edit is called in the menu: a key of the message catalog and its numbers and names. */
export interface EditName {
  /** `labels.add`: the window's message is `edit.labels.add` in `i18n/edits.ts` */
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** One step that can be undone. */
export interface Edit {
  readonly id: number;
  readonly name: EditName;
  readonly undone: boolean;
  readonly madeAt: string;
  /** something it touched was changed since outside the history: it would be refused */
  readonly stale?: true;
}
