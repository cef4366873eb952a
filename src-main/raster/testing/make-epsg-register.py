"""Writes epsg-register.ts: what GeoKeys and WKT name by EPSG code besides whole systems. From PROJ's copy of the EPSG register.

    python3 make-epsg-register.py /usr/share/proj/proj.db ../epsg-register.ts

Datum shifts: the Helmert transformation to WGS 84 (or to a system that is WGS 84 within a metre) whose area covers the most of the
area of the system, of those the most accurate; `ownShifts` are those of projected systems that differ from their datum's. EPSG's terms of use allow passing the numbers on; they are unchanged, coordinate frame
rotations are written as position vector ones.
"""
import re, sqlite3, sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
one = lambda sql, *p: db.execute(sql, p).fetchone()
CODES = re.compile(r"((?:\bp\.)?\b(?:\w+_)?code)\b(?=[^()]*\bfrom\b)")
rows = lambda sql, *p: db.execute(CODES.sub(lambda m: f"cast({m[1]} as text)", sql), p)
units = {code: (kind, factor) for code, kind, factor in rows("select code, type, conv_factor from unit_of_measure where auth_name = 'EPSG'")}
short = lambda v: repr(round(v, 12)).rstrip("0").rstrip(".") if isinstance(v, float) else str(v)

ellipsoids = {}
for code, a, unit, rf, b in rows("select code, semi_major_axis, uom_code, inv_flattening, semi_minor_axis from ellipsoid where auth_name = 'EPSG'"):
    metre = units[unit][1]
    a *= metre
    ellipsoids[code] = (a, rf if rf else 0 if not b or b * metre == a else a / (a - b * metre))

import math
def degrees(value, unit):
    if unit in ("9102", "9122"):
        return value
    if unit == "9110":  # sexagesimal DMS packed as DDD.MMSSsss
        sign = -1 if value < 0 else 1
        text = f"{abs(value):.10f}"
        d, rest = text.split(".")
        return sign * (int(d) + int(rest[:2]) / 60 + float(rest[2:4] + "." + rest[4:]) / 3600)
    return math.degrees(value * units[unit][1])

meridians = {code: degrees(value, unit) for code, value, unit in rows("select code, longitude, uom_code from prime_meridian where auth_name = 'EPSG'")}
lengths = {code: factor for code, (kind, factor) in units.items() if kind == "length" and factor}
datums = {code: (e, m) for code, e, m in rows("select code, ellipsoid_code, prime_meridian_code from geodetic_datum where auth_name = 'EPSG' and ellipsoid_auth_name = 'EPSG'")}
systems = {code: (datum, cs) for code, datum, cs in rows("select code, datum_code, coordinate_system_code from geodetic_crs where auth_name = 'EPSG' and type = 'geographic 2D' and datum_auth_name = 'EPSG'")}
grads = {cs for (cs,) in rows("select coordinate_system_code from axis where uom_code = '9105'")}


def extent(table, code):
    rows = db.execute("select south_lat, north_lat, west_lon, east_lon from usage u join extent e on e.auth_name = u.extent_auth_name and e.code = u.extent_code where u.object_table_name = ? and u.object_auth_name = 'EPSG' and u.object_code = ?", (table, code)).fetchall()
    return rows[0] if rows and None not in rows[0] else None


def share(inner, outer):
    if not inner or not outer:
        return 0.0
    (s, n, w, e), (S, N, W, E) = inner, outer
    e, E = (e + 360 if e < w else e), (E + 360 if E < W else E)
    height = max(0, min(n, N) - max(s, S))
    width = max(0, min(e, E) - max(w, W), min(e + 360, E) - max(w + 360, W), min(e - 360, E) - max(w - 360, W))
    area = (n - s) * (e - w)
    return height * width / area if area > 0 else 1.0


# Within about a metre of WGS 84: continental frames of the satellite age.
like_wgs84 = {"4326", "4258", "4269", "4283", "4167", "4674", "4612", "4152", "4617", "7844", "4755", "4940", "4269"}
def best_shift(geographic, area):
    """Of one system, or of several that are the same but for their meridian."""
    if isinstance(geographic, list):
        found = [f for f in (ranked_shift(code, area) for code in geographic) if f]
        return text_of(max(found)) if found else None
    return text_of(ranked_shift(geographic, area))


def ranked_shift(geographic, area):
    best = None
    if geographic == "4326":
        return None  # nothing shifts WGS 84 to itself; its transformations to plate-fixed frames are none
    for row in rows("select code, method_code, target_crs_code, accuracy, tx, ty, tz, translation_uom_code, rx, ry, rz, rotation_uom_code, scale_difference, scale_difference_uom_code from helmert_transformation_table where auth_name = 'EPSG' and deprecated = 0 and source_crs_code = ? and method_code in ('9603', '9606', '9607')", geographic):
        op, method, target, accuracy, tx, ty, tz, tu, rx, ry, rz, ru, ds, du = row
        if target not in like_wgs84 or (geographic in like_wgs84 and target != "4326"):
            continue
        covered = share(area, extent("helmert_transformation", op))
        if covered == 0:
            continue
        # Among the null transformations of a modern frame and its later, plate-fixed ones the first is the one in use.
        rank = (min(covered, 0.9), -(accuracy if accuracy is not None else 99), target == "4326", covered, int(op) * (-1 if geographic in like_wgs84 else 1))
        if best is None or rank > best[0]:
            values = [v * units[tu][1] for v in (tx, ty, tz)]
            if method != "9603":
                second = math.degrees(1) * 3600
                values += [v * units[ru][1] * second * (-1 if method == "9607" else 1) for v in (rx, ry, rz)]
                values.append(ds * units[du][1] * 1e6)
            best = (rank, values, accuracy)
    return best


def text_of(best):
    return best and (f"{short(float(best[2]) if best[2] is not None else 999.0)} {','.join(short(float(v)) for v in best[1])}")


shifts = {code: shift for code in systems if (shift := best_shift(code, extent("geodetic_crs", code)))}
# NTF (Paris) is NTF with longitudes counted from Paris: the shift is the same.
# MGI (Ferro) is both MGI and MGI 1901: the area decides.
rotated = {}
for code, plain in rows("select source_crs_code, target_crs_code from other_transformation where auth_name = 'EPSG' and method_code = '9601' and deprecated = 0"):
    rotated.setdefault(code, []).append(plain)
for code, plain in rotated.items():
    if code not in shifts and (shift := best_shift(plain, extent("geodetic_crs", code))):
        shifts[code] = shift

bases = {code: base for code, base in rows("select code, geodetic_crs_code from projected_crs where auth_name = 'EPSG' and geodetic_crs_auth_name = 'EPSG'")}
def polar(code):
    """Both axes run along meridians, both to the north or both to the south."""
    return len({o for (o,) in db.execute("select x.orientation from projected_crs p join axis x on x.coordinate_system_auth_name = p.coordinate_system_auth_name and x.coordinate_system_code = p.coordinate_system_code where p.auth_name = 'EPSG' and p.code = ?", (code,))}) == 1


text = lambda rows: "\n".join(rows)
groups = {}
for code, base in bases.items():
    groups.setdefault(base, []).append(int(code))


def ranges(codes):
    codes = sorted(codes)
    parts = []
    for code in codes:
        if parts and parts[-1][1] == code - 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return ",".join(f"{p}-{q}" if q > p else str(p) for p, q in parts)


# Axes to the south or west, but for those around a pole: systems that mirror the map.
turned = sorted(int(code) for (code,) in rows("select distinct p.code from projected_crs p join axis x on x.coordinate_system_auth_name = p.coordinate_system_auth_name and x.coordinate_system_code = p.coordinate_system_code where p.auth_name = 'EPSG' and x.orientation in ('south', 'west')") if not polar(code))

own = {}
for code, base in bases.items():
    shift = best_shift(rotated.get(base, base), extent("projected_crs", code))
    if shift and shift != shifts.get(base):
        own.setdefault(shift, []).append(int(code))

version = one("select value from metadata where key = 'EPSG.VERSION'")[0]
number = lambda code: int(code)
out = f"""/**
 * Made by testing/make-epsg-register.py from PROJ's copy of the EPSG register, {version}. Do not edit.
 * One line per code; see register.ts for what the columns are.
 */
export const ellipsoids = `{text(f"{c} {short(a)} {short(float(rf))}" for c, (a, rf) in sorted(ellipsoids.items(), key=lambda r: number(r[0])))}`;

export const meridians = `{text(f"{c} {short(float(v))}" for c, v in sorted(meridians.items(), key=lambda r: number(r[0])))}`;

export const lengths = `{text(f"{c} {v!r}" for c, v in sorted(lengths.items(), key=lambda r: number(r[0])))}`;

export const datums = `{text(f"{c} {e} {m}" for c, (e, m) in sorted(datums.items(), key=lambda r: number(r[0])))}`;

export const systems = `{text(f"{c} {d}{' grad' if cs in grads else ''}" for c, (d, cs) in sorted(systems.items(), key=lambda r: number(r[0])))}`;

export const shifts = `{text(f"{c} {shift}" for c, shift in sorted(shifts.items(), key=lambda r: number(r[0])))}`;

export const ownShifts = `{text(f"{shift} {ranges(codes)}" for shift, codes in sorted(own.items(), key=lambda r: min(r[1])))}`;

export const turned = "{ranges(turned)}";

export const bases = `{text(f"{b} {ranges(codes)}" for b, codes in sorted(groups.items(), key=lambda r: number(r[0])))}`;
"""
open(sys.argv[2], "w").write(out)
