/** What people bring files for. */
export const formatKinds = ["image", "product", "labels", "legend", "project", "model"] as const;
export type FormatKind = (typeof formatKinds)[number];

/** A kind of file as its reader knows it: one line of `omnisat formats` and of the README's table. */
export interface KnownFormat {
  readonly kind: FormatKind;
  readonly name: string;
  /** of the names of files and folders, without the full stop */
  readonly endings: readonly string[];
  readonly read: string;
  /** “” when nothing of it is left out */
  readonly notRead: string;
}

/** A kind of vector file. */
export interface KnownVectorFormat extends KnownFormat {
  readonly kind: "labels";
  /** where its coordinate system is found */
  readonly crsFrom: string;
}
