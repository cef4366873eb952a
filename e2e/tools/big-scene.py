# Writes a large Sentinel-2-like COG: python3 big-scene.py OUT.tif SIDE. Smooth fields with fine texture, three bands.
import sys

import numpy
from osgeo import gdal, osr

gdal.UseExceptions()
path, side = sys.argv[1], int(sys.argv[2])
crs = osr.SpatialReference()
crs.ImportFromEPSG(32631)
draft = gdal.GetDriverByName("GTiff").Create(path + ".draft", side, side, 3, gdal.GDT_UInt16, ["TILED=YES", "COMPRESS=LZW"])
draft.SetGeoTransform((600000, 10, 0, 5700000, 0, -10))
draft.SetProjection(crs.ExportToWkt())
random = numpy.random.default_rng(1)
rows = 512
for top in range(0, side, rows):
    high = min(rows, side - top)
    y, x = numpy.mgrid[top : top + high, 0:side].astype("float32")
    field = ((x // 37 + y // 29) % 7) * 90
    for band, name in enumerate(("B02", "B03", "B04")):
        smooth = 700 + 300 * numpy.sin(x / (400 + 60 * band)) + 250 * numpy.cos(y / 530)
        values = smooth + field + random.integers(0, 60, (high, side))
        draft.GetRasterBand(band + 1).WriteArray(values.clip(1, 65535).astype("uint16"), 0, top)
        draft.GetRasterBand(band + 1).SetDescription(name)
draft = None
gdal.Translate(path, path + ".draft", format="COG", creationOptions=["COMPRESS=DEFLATE", "LEVEL=1", "BLOCKSIZE=512", "OVERVIEWS=AUTO"])
gdal.GetDriverByName("GTiff").Delete(path + ".draft")
