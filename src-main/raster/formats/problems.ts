import { ReasonedError } from "../../../src-shared/errors/reasons/index.ts";

/** What readers of formats throw, without the file's name; `damage.ts` makes sentences of it. */

/** No format that is read here begins like this file. */
export class UnknownFormat extends Error {}
/** What is wrong with the file, in words that stand in brackets: “… is damaged (…)”. */
export class DamagedFile extends ReasonedError {}
/** The file ends before what its header promises. */
export class TruncatedFile extends Error {}
/** A layout that cannot be read, in words that finish “cannot be read: …”. */
export class UnsupportedLayout extends ReasonedError {}
