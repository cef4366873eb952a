import { endingOf } from "../../../src-shared/domain/file-endings.ts";
import type { ForeignVectors } from "../../../src-shared/domain/foreign-files.ts";

const kinds: Readonly<Record<string, ForeignVectors>> = {
  gml: "gml",
  gdb: "fileGdb",
  gdbtable: "fileGdb",
  gpx: "gpx",
  mif: "mapInfo",
  mid: "mapInfo",
  dxf: "drawing",
  dwg: "drawing",
  dgn: "drawing",
  topojson: "topoJson",
};

/** Which kind of vector file that is not read a name says it is. */
export const foreignKindOf = (name: string): ForeignVectors | undefined => kinds[endingOf(name)];
