// PlanetScope scenes as Planet's orders deliver them: analytic bands, usable data mask, metadata in XML.
import { type ProductName, type StatedBand, type StatedFile, statedProduct } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { descendantsNamed, localName, type XmlElement } from "../raster/xml.ts";
import { at, type Json, jsonOf, textAt } from "./json.ts";
import { firstNumber, firstText, momentOf, xmlOf } from "./metadata.ts";
import { folderOf, lastOf, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/**
 * Bands in the order of the file, by their number. The TIFF's own colours say red, green, blue of what is blue, green, red.
 * @see Planet, PlanetScope product specification, "Analytic ortho scene"
 */
const orders: Readonly<Record<number, readonly string[]>> = {
  4: ["B", "G", "R", "NIR"],
  8: ["coastal", "B", "green1", "G", "yellow", "R", "rededge", "NIR"],
};

export const planetscope: ProductReader = {
  kind: "planetscope",
  mark: /(?:^|\/)\d{8}_\d{6}_[^/]*_3[AB]_[^/]*_metadata(?:_clip)?\.xml$/i,
  async read(listing, mark) {
    const root = await xmlOf(listing, mark);
    if (localName(root.name) !== "EarthObservation") return [];
    const folder = folderOf(mark);
    const source = lastOf(mark);
    const scene = /^(.*?)_3[AB]_/i.exec(source)![1]!;
    const own = listing.names.filter((name) => name.startsWith(folder) && lastOf(name).startsWith(scene));
    const there = own.filter((name) => listing.sizeOf(name) > 0 && /\.tiff?$/i.test(name));
    const analytic = there.filter((name) => /_Analytic(?:MS)?(?!.*udm)/i.test(lastOf(name)));
    // Surface reflectance where it was ordered, else what the satellite sees.
    const image = analytic.find((name) => /_SR(?=[_.])/i.test(name)) ?? analytic[0];
    // Orders bring a short JSON too, whose moment is exact to the second of this scene.
    const json = own.find((name) => lastOf(name) === `${scene}_metadata.json`);
    const facts = factsOf(root, json === undefined ? undefined : at(await jsonOf(listing, json), "properties"));
    const product = statedProduct(source, facts);
    const path = placeOf(listing, folder);
    const files: ProductFile[] = [];
    if (image !== undefined)
      files.push({ path: listing.pathOf(image), stated: statedImage(root, product, source, image) });
    const udm = there.find((name) => /_udm2/i.test(name)) ?? there.find((name) => /_udm/i.test(name));
    // What its numbers mean is in the table of masks, by its name.
    if (image !== undefined && udm !== undefined)
      files.push({ path: listing.pathOf(udm), stated: { product, source } });
    const taken = new Set(files.map((file) => file.path));
    const leftOut = there
      .filter((name) => name !== image && name !== udm)
      .map((name) => lastOf(name).slice(scene.length + 1));
    return [
      {
        kind: "planetscope",
        name: scene,
        path,
        files,
        parts: own.map((name) => listing.pathOf(name)).filter((one) => !taken.has(one)),
        missing: [],
        leftOut: leftOut.sort(),
        ...(image === undefined ? { refusal: new AppError("product-without-bands", { path }) } : {}),
      },
    ];
  },
};

function factsOf(root: XmlElement, properties: Json | undefined): Omit<ProductName, "evidence"> {
  const serial = textAt(properties, "satellite_id") ?? firstText(root, "serialIdentifier");
  const said = textAt(properties, "acquired") ?? firstText(root, "acquisitionDateTime");
  const moment = momentOf(said ?? firstText(root, "beginPosition"));
  return { sensor: "other", level: "planetscope", ...(serial ? { platform: `PS-${serial}` } : {}), ...moment };
}

function statedImage(root: XmlElement, product: ProductName, source: string, image: string): StatedFile {
  const listed = descendantsNamed(root, "bandSpecificMetadata");
  const count = /_8b(?=[_.])/i.test(lastOf(image)) ? 8 : (firstNumber(root, "numBands") ?? listed.length);
  const names = orders[count];
  if (!names) return { product, source };
  const surface = /_SR(?=[_.])/i.test(lastOf(image));
  const coefficients = new Map(
    listed.map((band) => [firstNumber(band, "bandNumber"), firstNumber(band, "reflectanceCoefficient")]),
  );
  const bands = names.map((name, index): StatedBand => {
    // Surface reflectance is stored times 10,000; the coefficients belong to the counts before the correction.
    const scale = surface ? 1e-4 : coefficients.get(index + 1);
    return { name, bandIndex: index + 1, nodata: 0, ...(scale === undefined ? {} : { scale, offset: 0 }) };
  });
  const [first] = bands;
  if (first?.scale === undefined) return { product, source, bands };
  const decidedBy = {
    code: "metadata-scale",
    file: surface ? lastOf(image) : source,
    scale: first.scale,
    offset: 0,
  } as const;
  return { product, source, bands, radiometry: { quantity: "reflectance", decidedBy } };
}
