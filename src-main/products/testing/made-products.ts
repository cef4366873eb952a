// Products made for tests: metadata in the producers' own words, as short as a reader needs, around files that a test gives.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes files below a folder: texts by name, with forward slashes. Gives the folder. */
export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, ...name.split("/"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

export interface SafeOptions {
  readonly level?: "1C" | "2A";
  readonly baseline?: string;
  readonly tile?: string;
  /** `20190610T105703` */
  readonly moment?: string;
  /** added to the stored numbers; none before baseline 04.00 */
  readonly add?: number;
  /** bands with their pixel sizes, as the metadata list them: `B02_10m` */
  readonly listed: readonly string[];
  /** the ending of the images */
  readonly ending?: string;
}

/** The parts of a SAFE folder: its name, the names of its images, and its metadata. */
export function safe({
  level = "2A",
  baseline = "05.09",
  tile = "31UFS",
  moment = "20190610T105703",
  add,
  listed,
  ending = "jp2",
}: SafeOptions) {
  const day = `${moment.slice(0, 4)}-${moment.slice(4, 6)}-${moment.slice(6, 8)}`;
  const time = `${moment.slice(9, 11)}:${moment.slice(11, 13)}:${moment.slice(13, 15)}`;
  const kind = `MSIL${level}`;
  const name = `S2B_${kind}_${moment}_N${baseline.replace(".", "")}_R008_T${tile}_${moment}.SAFE`;
  const granule = `GRANULE/L${level}_T${tile}_A011807_${moment}`;
  const image = (band: string) => {
    const size = /_(\d0m)$/.exec(band)?.[1];
    return `${granule}/IMG_DATA/${level === "2A" ? `R${size}/` : ""}T${tile}_${moment}_${band}`;
  };
  const offsets = (element: string) =>
    add === undefined
      ? ""
      : Array.from({ length: 13 }, (_, band) => `<${element} band_id="${band}">${add}</${element}>`).join("");
  const numbers =
    level === "2A"
      ? `<QUANTIFICATION_VALUES_LIST><BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE></QUANTIFICATION_VALUES_LIST><BOA_ADD_OFFSET_VALUES_LIST>${offsets("BOA_ADD_OFFSET")}</BOA_ADD_OFFSET_VALUES_LIST>`
      : `<QUANTIFICATION_VALUE unit="none">10000</QUANTIFICATION_VALUE><Radiometric_Offset_List>${offsets("RADIO_ADD_OFFSET")}</Radiometric_Offset_List>`;
  const metadata = `<?xml version="1.0" encoding="UTF-8"?>
<n1:Level-${level}_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-${level}.xsd">
<n1:General_Info><Product_Info><PRODUCT_START_TIME>${day}T${time}.024Z</PRODUCT_START_TIME><PRODUCT_URI>${name}</PRODUCT_URI>
<PROCESSING_LEVEL>Level-${level}</PROCESSING_LEVEL><PROCESSING_BASELINE>${baseline}</PROCESSING_BASELINE>
<Datatake><SPACECRAFT_NAME>Sentinel-2B</SPACECRAFT_NAME><DATATAKE_SENSING_START>${day}T${time}.024Z</DATATAKE_SENSING_START><SENSING_ORBIT_NUMBER>8</SENSING_ORBIT_NUMBER></Datatake>
<Product_Organisation><Granule_List><Granule imageFormat="JPEG2000">${listed.map((band) => `<IMAGE_FILE>${image(band)}</IMAGE_FILE>`).join("")}</Granule></Granule_List></Product_Organisation></Product_Info>
<Product_Image_Characteristics><Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT><SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX></Special_Values>${numbers}</Product_Image_Characteristics></n1:General_Info>
</n1:Level-${level}_User_Product>`;
  return {
    name,
    granule,
    metadataName: `MTD_${kind}.xml`,
    metadata,
    /** the name of a band's image inside the folder */
    image: (band: string) => `${image(band)}.${ending}`,
  };
}

/** A SAFE folder below `parent` whose images hold `content`; bands that are not `there` were not downloaded. */
export function writeSafe(
  parent: string,
  options: SafeOptions & { readonly there?: readonly string[] },
  content: string | Uint8Array = "pixels",
): string {
  const parts = safe(options);
  const images = (options.there ?? options.listed).map((band) => [parts.image(band), content] as const);
  return write(join(parent, parts.name), { [parts.metadataName]: parts.metadata, ...Object.fromEntries(images) });
}

/** The text form of a Landsat MTL: groups of keys. */
export function mtl(groups: Readonly<Record<string, Readonly<Record<string, string | number>>>>): string {
  const lines = Object.entries(groups).flatMap(([group, items]) => [
    `  GROUP = ${group}`,
    ...Object.entries(items).map(([key, value]) => `    ${key} = ${typeof value === "number" ? value : `"${value}"`}`),
    `  END_GROUP = ${group}`,
  ]);
  return ["GROUP = LANDSAT_METADATA_FILE", ...lines, "END_GROUP = LANDSAT_METADATA_FILE", "END", ""].join("\n");
}

/** The same as XML. */
export function mtlXml(groups: Parameters<typeof mtl>[0]): string {
  const inner = Object.entries(groups).map(
    ([group, items]) =>
      `<${group}>${Object.entries(items)
        .map(([key, value]) => `<${key}>${value}</${key}>`)
        .join("")}</${group}>`,
  );
  return `<?xml version="1.0"?><LANDSAT_METADATA_FILE>${inner.join("")}</LANDSAT_METADATA_FILE>`;
}
