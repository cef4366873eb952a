import type { BandInfo } from "../raster.ts";
import { type SampleType, storable } from "../sample-type.ts";
import type { SidecarBand } from "../sidecars.ts";
import type { ValiditySource } from "../validity.ts";

/** What a file says of one band. */
export interface OwnBand {
  readonly name?: string | undefined;
  readonly nodata?: number | undefined;
  readonly scale?: number | undefined;
  readonly offset?: number | undefined;
  readonly colorInterpretation?: string | undefined;
  readonly colorTable?: readonly (readonly [number, number, number, number])[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** A band as the file says it, where the sidecar says nothing else. */
export function describedBand(dataType: SampleType, own: OwnBand, side: SidecarBand | undefined): BandInfo {
  const declared = side?.nodata ?? own.nodata;
  const nodata = declared === undefined ? undefined : storable(dataType, declared);
  const name = side?.name ?? own.name;
  const colorInterpretation = side?.colorInterpretation ?? own.colorInterpretation;
  return {
    ...(name ? { name } : {}),
    dataType,
    ...(nodata === undefined ? {} : { nodata }),
    scale: side?.scale ?? own.scale ?? 1,
    offset: side?.offset ?? own.offset ?? 0,
    ...(colorInterpretation ? { colorInterpretation } : {}),
    ...(side?.categoryNames ? { categoryNames: side.categoryNames } : {}),
    ...(side?.attributeTable ? { attributeTable: side.attributeTable } : {}),
    ...(own.colorTable ? { colorTable: withTransparentNodata(own.colorTable, nodata) } : {}),
    metadata: { ...own.metadata, ...side?.metadata },
  };
}

const withTransparentNodata = (
  table: readonly (readonly [number, number, number, number])[],
  nodata: number | undefined,
) => table.map(([r, g, b, a], value): [number, number, number, number] => [r, g, b, value === nodata ? 0 : a]);

/** Which pixels are data where the file has no mask: a nodata value goes before an alpha band, which is the last of several. */
export function validityOfBands(bands: readonly BandInfo[]): ValiditySource<never> {
  if (bands.some((band) => band.nodata !== undefined)) return { kind: "nodata" };
  const alpha = bands.findIndex((band) => band.colorInterpretation === "alpha");
  return alpha > 0 && alpha === bands.length - 1 ? { kind: "alpha", band: alpha } : { kind: "all" };
}
