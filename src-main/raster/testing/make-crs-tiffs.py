"""One GeoTIFF of 1 x 1 pixel per coordinate system of the EPSG register (and per projected one of ESRI), and what GDAL and PROJ make of each.

    /usr/bin/python3 make-crs-tiffs.py FOLDER [CODE ...]

Every system is written three times: `code` as GDAL writes it; `keys` without the code and the name of the projected system; `bare` without any
code or name of the register, so that projection, ellipsoid, meridian and units stand in keys alone. points.jsonl has, per file, points
as the file's own datum has them (longitude east of Greenwich and latitude in degrees) and as GDAL, reading that file, projects them.
"""
import json, math, os, re, sys
from osgeo import gdal, osr

gdal.UseExceptions(); osr.UseExceptions()
gdal.PushErrorHandler("CPLQuietErrorHandler")
gdal.SetConfigOption("GTIFF_REPORT_COMPD_CS", "YES")
folder = sys.argv[1]
wanted = {int(code) for code in sys.argv[2:]}
os.makedirs(folder, exist_ok=True)
infos = [i for kind in ("EPSG", "ESRI") for i in osr.GetCRSInfoListFromDatabase(kind)]
kinds = {osr.OSR_CRS_TYPE_GEOGRAPHIC_2D: "geographic", osr.OSR_CRS_TYPE_PROJECTED: "projected", osr.OSR_CRS_TYPE_COMPOUND: "compound"}


def bare(wkt):
    wkt = re.sub(r',AUTHORITY\["[^"]*","[^"]*"\]', "", wkt)
    wkt = wkt.replace('UNIT["link",', 'UNIT["unnamed",')  # GDAL takes this one by its name, whatever its length
    wkt = re.sub(r'\b(PROJCS|GEOGCS|DATUM|SPHEROID|PRIMEM)\["[^"]*"', r'\1["unnamed"', wkt)
    return wkt


def without_code(wkt):
    """GDAL finds systems by their name as well."""
    return re.sub(r'^(PROJCS|GEOGCS)\["[^"]*"', r'\1["unnamed"', re.sub(r',AUTHORITY\["[^"]*","[^"]*"\]\]$', "]", wkt))


def base_of(srs):
    base = srs.CloneGeogCS()
    base.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return base, base.GetAngularUnits()


def meridian_of(srs):
    """degrees east of Greenwich"""
    found = find(json.loads(srs.ExportToPROJJSON()), "prime_meridian")
    value = found["longitude"] if found else 0.0
    if not isinstance(value, dict):
        return value
    unit = value["unit"]
    return value["value"] * (180 / math.pi * unit["conversion_factor"] if isinstance(unit, dict) else 1)


def find(node, name):
    if isinstance(node, dict):
        if name in node:
            return node[name]
        node = list(node.values())
    if isinstance(node, list):
        for member in node:
            found = find(member, name)
            if found:
                return found
    return None


def points(srs, area):
    west, south, east, north = area
    if west > east:
        east += 360
    base, units = base_of(srs)
    to_degrees = units * 180 / math.pi
    meridian = meridian_of(srs)
    transform = None if srs.IsGeographic() else osr.CoordinateTransformation(base, srs)
    made = []
    for fx, fy in [(0.5, 0.5), (0.25, 0.3), (0.8, 0.7), (0.1, 0.9), (0.9, 0.1)]:
        lon, lat = west + (east - west) * fx, south + (north - south) * fy
        if lon > 180:
            lon -= 360
        own = ((lon - meridian + 540) % 360 - 180) / to_degrees, lat / to_degrees
        try:
            x, y = own if transform is None else transform.TransformPoint(*own)[:2]
        except Exception:
            continue
        if math.isfinite(x) and math.isfinite(y):
            made.append([lon, lat, x, y])
    return made


with open(os.path.join(folder, "points.jsonl"), "w") as out:
    for info in infos:
        kind = kinds.get(info.type)
        code = int(info.code)
        if kind is None or not info.bbox_valid or (wanted and code not in wanted) or (info.auth_name == "ESRI" and kind != "projected"):
            continue
        srs = osr.SpatialReference()
        try:
            srs.SetFromUserInput(f"{info.auth_name}:{code}")
            srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
            wkt = srs.ExportToWkt(["FORMAT=WKT1_GDAL"])
        except Exception:
            continue
        area = (info.west_lon_degree, info.south_lat_degree, info.east_lon_degree, info.north_lat_degree)
        for variant, text in (("code", None), ("keys", without_code(wkt)), ("bare", bare(wkt))):
            if info.auth_name == "ESRI" and variant != "bare":
                continue  # GeoKeys have no place for codes of ESRI
            if kind == "compound" and variant != "code":
                continue
            if kind == "geographic" and variant == "keys":
                continue
            path = os.path.join(folder, f"{info.auth_name}-{code}-{variant}.tif")
            row = {"file": os.path.basename(path), "code": code, "variant": variant, "kind": kind, "name": info.name, "method": info.projection_method or kind, "deprecated": bool(info.deprecated)}
            try:
                own = srs
                if text is not None:
                    own = osr.SpatialReference(text)
                    own.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
                ds = gdal.GetDriverByName("GTiff").Create(path, 1, 1, 1)
                ds.SetProjection(own.ExportToWkt())
                first = points(own, area)
                x, y = first[0][2:] if first else (0, 0)
                size = 1e-4 if own.IsGeographic() else 10
                ds.SetGeoTransform([x, size, 0, y, 0, -size])
                ds = None
                read = gdal.Open(path).GetSpatialRef()
                if os.path.exists(path + ".aux.xml"):
                    row["aux"] = True
                    if variant != "code" or kind != "compound":
                        os.remove(path + ".aux.xml")
                        read = gdal.Open(path).GetSpatialRef()
                row["engineering"] = bool(read is not None and read.IsLocal())
                if read is not None and not read.IsLocal():
                    read.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
                    row.update(points=points(read, area), a=read.GetSemiMajor(), rf=read.GetInvFlattening(), geographic=bool(read.IsGeographic()), unit=read.GetLinearUnits() if not read.IsGeographic() else 1)
                    row["same"] = bool(read.IsSame(own))
            except Exception as error:
                row["error"] = str(error)[:200]
            out.write(json.dumps(row) + "\n")
