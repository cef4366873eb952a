export const rasterErrors = {
  "raster-not-tiff": ({ path }: { readonly path: string }) =>
    `“${path}” is not a TIFF file. Choose a GeoTIFF (.tif), or convert the image to GeoTIFF first.`,
  "raster-without-crs": ({ path }: { readonly path: string }) =>
    `“${path}” has no coordinate reference system. Name one with --crs EPSG:code, or choose it in the image's properties.`,
};
