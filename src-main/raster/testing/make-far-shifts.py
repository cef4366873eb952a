"""Writes far-shifts.ts: systems that PROJ places more than 20 m beside where the one datum shift that is computed with here does.

    node print-definitions.ts | python3 make-far-shifts.py > ../far-shifts.ts

PROJ takes the transformation for each place (also concatenated ones and grids); compared are the middle of a system's area and
four points half way to its corners. Made with PROJ 9.1 (osgeo.osr, GDAL 3.6).
"""
import json, math, sys
from osgeo import osr

osr.UseExceptions()


def system(read):
    srs = osr.SpatialReference()
    read(srs)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return srs


wgs84 = system(lambda s: s.ImportFromEPSG(4326))
far = {}
for row in map(json.loads, sys.stdin):
    north, west, south, east = row["bbox"]
    east += 360 if east < west else 0
    try:
        theirs = system(lambda s: s.ImportFromEPSG(row["code"]))
        ours = system(lambda s: s.ImportFromProj4(row["definition"] + " +type=crs"))
        there = osr.CoordinateTransformation(wgs84, ours)
        ways = [osr.CoordinateTransformation(srs, wgs84) for srs in (theirs, ours)]
    except Exception:
        continue
    worst = 0
    for fx, fy in ((0.5, 0.5), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        try:
            x, y = there.TransformPoint(west + (east - west) * fx, south + (north - south) * fy)[:2]
            p, q = (way.TransformPoint(x, y)[:2] for way in ways)
            metres = math.hypot(((p[0] - q[0] + 180) % 360 - 180) * math.cos(math.radians(p[1])), p[1] - q[1]) * 111320
        except Exception:
            continue
        if metres < 3000:  # more is no shift: axes in another order, or a place outside of the projection
            worst = max(worst, metres)
    if worst > 20:
        far.setdefault(math.ceil(worst / 10) * 10, []).append(row["code"])


def ranges(codes):
    parts = []
    for code in sorted(codes):
        if parts and parts[-1][1] == code - 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return ",".join(f"{p}-{q}" if q > p else str(p) for p, q in parts)


print("""/**
 * Made by testing/make-far-shifts.py. Do not edit.
 * Metres between PROJ's place and ours, at most, and the codes of the systems: for these one shift is not enough.
 */
export const farShifts = `""" + "\n".join(f"{metres} {ranges(codes)}" for metres, codes in sorted(far.items())) + "`;")
