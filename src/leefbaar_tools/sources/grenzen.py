"""Boundaries of gemeenten, wijken and buurten: of PDOK, CBS, cartomap or a city.

GeoJSON or GeoPackage. All become metres of the national grid (RD, EPSG:28992). A shapefile is
refused: it is a folder of files, of which people download only one.
"""

import re
import struct
import warnings
from functools import partial

import numpy as np
import pandas as pd

from . import vakjes
from .records import read_json, without_collecting
from .tables import MISSING, SENTINEL, Head, SourceError, Table, clean, level_of, year_in

NAME = "grenzen"
SQLITE = b"SQLite format 3\0"
SHAPE = b"\x00\x00\x27\x0a"
# Properties with the code, the most precise first: a buurt also names its wijk and gemeente.
CODES = ("buurtcode", "bucode", "wijkcode", "wkcode", "gemeentecode", "gmcode")
ANY_CODE = ("statcode", "cbscode")
NAMES = {
    **{"buurtcode": "buurtnaam", "bucode": "bunaam", "wijkcode": "wijknaam", "wkcode": "wknaam"},
    **{"gemeentecode": "gemeentenaam", "gmcode": "gmnaam", "statcode": "statnaam"},
    "cbscode": "naam",
}
# What is read of a GeoPackage, that has a hundred figures beside it.
USED = {*CODES, *ANY_CODE, *NAMES.values(), "jaar", "jrstatcode", "water", "h2o"}
WATER = {"ja": True, "nee": False}
# Buurten that are only water, in files that do not say so.
WATER_CODE = re.compile(r"BU\d{4}.*999[789]")
# Where the Netherlands lie: x and y in metres, or longitude and latitude in degrees.
RD_BOX = ((0, 300_000), (300_000, 650_000))
DEGREES_BOX = ((2.5, 8.0), (50.0, 54.5))

# F.H. Schreutelkamp and G.L. Strang van Hees, "Benaderingsformules voor de transformatie tussen
# RD- en WGS84-kaartcoördinaten", Geodesia 43 (2001), p. 64-69: powers of latitude and longitude
# (in units of 10 000 arc seconds from Amersfoort) and the coefficient.
ORIGIN = (52.15517440, 5.38720621)
X = (
    *((0, 1, 190094.945), (1, 1, -11832.228), (2, 1, -114.221), (0, 3, -32.391)),
    *((1, 0, -0.705), (3, 1, -2.340), (1, 3, -0.608), (0, 2, -0.008), (2, 3, 0.148)),
)
Y = (
    *((1, 0, 309056.544), (0, 2, 3638.893), (2, 0, 73.077), (1, 2, -157.984)),
    *((3, 0, 59.788), (0, 1, 0.433), (2, 2, -6.439), (1, 1, -0.032), (0, 4, 0.092)),
    (1, 4, -0.054),
)


def recognises(head: Head) -> bool:
    """Whether this looks like a map: GeoJSON with codes or shapes, or a map we have to refuse."""
    if head.data.startswith((SQLITE, SHAPE)):
        return not vakjes.is_map(head)
    if not head.is_json or '"kscore"' in head.text or re.search(r'score\d\d[."]', head.text):
        return False
    # One area may have more figures than fit in the head, so its shape need not be there.
    signs = re.search(
        r'"(coordinates|(buurt|wijk|gemeente|stat|bu_|wk_|gm_|cbs)code)"', head.text, re.I
    )
    return bool(signs) and ('"FeatureCollection"' in head.text or '"features"' in head.text)


def read(head: Head, progress=None) -> Table:
    """Read a map of boundaries.

    Returns
    -------
    Table
        Columns ``code, naam, niveau, jaar, water`` (whether it is only water) and ``geometry``:
        the coordinates of a GeoJSON MultiPolygon in metres of the national grid.

    Raises
    ------
    SourceError
        When it is another kind of map, the year or the grid is unknown, or an area has no
        boundary.
    """
    if head.data.startswith(SHAPE):
        raise SourceError(
            f"“{head.name}” is een shapefile. Die lees ik niet. Download de grenzen als "
            "GeoPackage of als GeoJSON."
        )
    if head.data.startswith(SQLITE):
        with warnings.catch_warnings(action="ignore"):  # of what GDAL mutters about a damaged file
            areas, notes = _of_geopackage(head), []
        year, where = _year_of_file(head, {})
    else:
        data = read_json(head)
        areas = _of_features(data, head.name)
        notes = _part(data, len(areas))
        year, where = _year_of_file(head, data)
    rows = []
    for properties, shape in areas:
        row = _area(properties, year, head.name)
        row["geometry"] = shape(row["code"])
        rows.append(row)
    if where and not all(row["own_year"] for row in rows):
        notes.append(where)
    shapes, how = _to_rd([row["geometry"] for row in rows], head.name)
    frame = pd.DataFrame(rows).drop(columns="own_year").assign(geometry=shapes)
    frame, doubles = _one_row_each(frame)
    years = tuple(sorted({int(found) for found in frame["jaar"]}))
    return Table(
        source=NAME,
        frame=frame,
        years=years,
        division={found: found for found in years},
        edition=str(years[-1]),
        publisher="CBS en Kadaster",
        title="Wijk- en buurtkaart",
        licence="CC BY 4.0",
        modelled=False,
        notes=(*notes, *how, *doubles),
    )


def _of_features(data, name: str) -> list[tuple]:
    """Return properties of each area, and what makes its rings of its code."""
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features:
        raise SourceError(f"In “{name}” staan geen gebieden.")
    areas = []
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise SourceError(f"In “{name}” staat een gebied zonder gegevens.")
        areas.append((properties, partial(_polygons, feature.get("geometry"))))
    return areas


def _of_geopackage(head: Head) -> list[tuple]:
    """Return the same of the layers of a GeoPackage that have codes of CBS."""
    from pyogrio import list_layers, raw, read_info
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

    areas = []
    try:
        for layer, kind in list_layers(head.path).tolist():
            fields = read_info(head.path, layer=layer)["fields"].tolist()
            wanted = [name for name in fields if _small(name) in USED]
            if not kind or not any(_small(name) in (*CODES, *ANY_CODE) for name in wanted):
                continue
            meta, _, shapes, columns = raw.read(head.path, layer=layer, columns=wanted)
            for shape, *cells in zip(shapes, *columns, strict=True):
                properties = dict(zip(meta["fields"].tolist(), cells, strict=True))
                areas.append((properties, partial(_polygons_of_wkb, shape)))
    except (DataSourceError, DataLayerError, FieldError, GeometryError, ValueError) as error:
        raise SourceError(
            f"“{head.name}” is beschadigd of niet helemaal gedownload. Download het opnieuw."
        ) from error
    if not areas:
        raise SourceError(
            f"In “{head.name}” staan geen gebieden met een code van CBS, zoals BU03620101. "
            "Download de wijk- en buurtkaart van CBS."
        )
    return areas


def _part(data: dict, found: int) -> list[str]:
    """Say so when the file is one page of more."""
    whole = data.get("numberMatched", data.get("totalFeatures"))
    links = data.get("links") if isinstance(data.get("links"), list) else []
    more = any(isinstance(link, dict) and link.get("rel") == "next" for link in links)
    if isinstance(whole, int) and whole > found:
        return [f"Dit is een deel van de kaart: {found} van de {whole} gebieden."]
    return ["Dit is een deel van de kaart: er zijn meer bladzijden op te halen."] if more else []


def _year_of_file(head: Head, data: dict) -> tuple[int | None, str]:
    """Return the year in the address of the service or the name of the file, and a note."""
    links = data.get("links") if isinstance(data.get("links"), list) else []
    hrefs = [str(link.get("href", "")) for link in links if isinstance(link, dict)]
    found = {m[1] for href in hrefs for m in re.finditer(r"buurten[-/](20\d\d)(?!\d)", href)}
    if len(found) == 1:
        return int(found.pop()), ""
    year = year_in(head.path.stem)
    return year, f"Het jaar {year} komt uit de naam van het bestand."


def _area(properties: dict, year: int | None, name: str) -> dict:
    """Return code, name, level, year and water of one area."""
    small = {_small(key): value for key, value in properties.items()}
    column = next((key for key in (*ANY_CODE, *CODES) if clean(small.get(key))), None)
    if column is None:
        raise SourceError(
            f"In “{name}” staat een gebied zonder code van CBS. Gebruik een kaart met codes zoals "
            "BU03620101."
        )
    code = clean(small[column])
    level = level_of(code)
    if column in CODES and level[0] != column[0]:
        raise SourceError(f"In “{name}” staat “{code}” als {column}. Dat is een {level}.")
    own = _own_year(small, code)
    if own is None and year is None:
        raise SourceError(
            f"Uit “{name}” blijkt niet van welk jaar de grenzen zijn. Zet het jaar in de naam van "
            "het bestand, zoals “buurten-2024.geojson”."
        )
    return {
        "code": code,
        "naam": _text(small.get(NAMES[column])),
        "niveau": level,
        "jaar": own or year,
        "water": _water(small, code),
        "own_year": own is not None,
    }


def _small(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _own_year(small: dict, code: str) -> int | None:
    """Return the year an area itself names; None when it does not."""
    years = set()
    if _text(small.get("jaar")):
        years.add(clean(small["jaar"]))
    if dated := _text(small.get("jrstatcode")):
        if not dated.endswith(code):
            raise SourceError(
                f"Bij {code} staat de code “{dated}”. Die horen bij elkaar te passen."
            )
        years.add(dated.removesuffix(code))
    if not years:
        return None
    year = years.pop()
    if years or not re.fullmatch(r"20\d\d", year, re.ASCII):
        raise SourceError(f"Bij {code} is het jaar van de grens niet duidelijk.")
    return int(year)


def _text(value) -> str:
    """Return a text, empty for a sentinel such as -99997."""
    text = clean(value)
    if text in MISSING:
        return ""
    try:
        return "" if float(text) <= SENTINEL else text
    except ValueError:
        return text


def _water(small: dict, code: str) -> bool:
    said = _text(small.get("water", small.get("h2o"))).lower()
    if not said:
        return bool(WATER_CODE.fullmatch(code))
    # B is not explained by the publisher; marked, it stays out of a picture of buurten.
    if said not in (*WATER, "b"):
        raise SourceError(f"Bij {code} staat “{said}” als water. Ik verwacht JA of NEE.")
    return WATER.get(said, True)


def _polygons(geometry, code: str) -> list:
    """Return the rings of each polygon, checked."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    shapes = geometry.get("coordinates") if kind in ("Polygon", "MultiPolygon") else None
    if not shapes:
        raise SourceError(
            f"Bij {code} staat geen grens. Download de kaart opnieuw, met de vorm van elk gebied."
        )
    shapes = [shapes] if kind == "Polygon" else shapes
    try:
        rings = [[_ring(ring) for ring in shape] for shape in shapes]
    except (TypeError, KeyError, IndexError, ValueError, OverflowError):
        rings = []
    return _closed(rings, code)


def _closed(polygons: list, code: str) -> list:
    if not polygons or not all(polygons):
        raise SourceError(
            f"De grens van {code} is niet gesloten, of heeft een punt dat geen punt op de kaart "
            "is. Download de kaart opnieuw."
        )
    return polygons


def _ring(points: list) -> np.ndarray:
    """Return the points of one ring, without their height."""
    if len(points) < 4 or points[0] != points[-1]:
        raise ValueError
    ring = np.array(points)  # points that differ in length are refused here
    if ring.dtype.kind not in "if" or ring.ndim != 2 or ring.shape[1] < 2:
        raise ValueError  # text that looks like a number is not a number
    return ring[:, :2].astype(float)


# Well-known binary: the mark of the order of bytes, a kind, a count, and so on down to points.
POLYGON, MULTIPOLYGON = 3, 6


def _polygons_of_wkb(shape: bytes | None, code: str) -> list:
    """Return the rings of each polygon of a shape in a GeoPackage, checked."""
    if not shape:
        raise SourceError(
            f"Bij {code} staat geen grens. Download de kaart opnieuw, met de vorm van elk gebied."
        )
    try:
        polygons, end = _wkb(shape, 0)
    except (struct.error, ValueError, IndexError):
        return _closed([], code)
    return _closed(polygons if end == len(shape) else [], code)


def _wkb(shape: bytes, at: int) -> tuple[list, int]:
    order = "<" if shape[at] == 1 else ">"
    kind, count = struct.unpack_from(order + "II", shape, at + 1)
    at += 9
    # Above 1000, or in the highest bits, stands that points have a height or a measure too.
    extra, plain = divmod(kind & 0xFFFF, 1000)
    width = 2 + (extra in (1, 3)) + (extra in (2, 3)) + (kind >> 31) + (kind >> 30 & 1)
    found = []
    if plain == MULTIPOLYGON:
        for _ in range(count):
            polygons, at = _wkb(shape, at)
            found += polygons
    elif plain == POLYGON:
        rings = []
        for _ in range(count):
            (points,) = struct.unpack_from(order + "I", shape, at)
            ring = np.frombuffer(shape, order + "f8", points * width, at + 4)
            ring = ring.reshape(points, width)[:, :2]
            if points < 4 or (ring[0] != ring[-1]).any():
                raise ValueError
            rings.append(ring.astype(float))
            at += 4 + 8 * points * width
        found.append(rings)
    else:
        raise ValueError
    return found, at


def _to_rd(shapes: list, name: str) -> tuple[list, list[str]]:
    """Bring the boundaries of a whole file to metres of the national grid.

    Which grid they are in is seen from the size of the numbers: what a file says of it is
    often missing, and the sizes never overlap.
    """
    rings = [ring for polygons in shapes for polygon in polygons for ring in polygon]
    low = np.min([ring.min(axis=0) for ring in rings], axis=0)
    high = np.max([ring.max(axis=0) for ring in rings], axis=0)
    corners = np.array([low, high])
    notes = []
    if _within(corners, RD_BOX):
        move = np.ndarray.tolist
    else:
        if not _within(corners, DEGREES_BOX) and not _within(corners[:, ::-1], DEGREES_BOX):
            raise SourceError(
                f"De punten in “{name}” liggen niet in Nederland, of staan in een stelsel dat ik "
                "niet ken. Download de kaart in RD (EPSG:28992) of in WGS84 (EPSG:4326)."
            )
        latitude_first = _within(corners[:, ::-1], DEGREES_BOX)

        def move(ring):
            east, north = ring.T[::-1] if latitude_first else ring.T
            return np.column_stack(to_rd(east, north)).round(1).tolist()

        notes.append("De grenzen zijn omgerekend naar RD, op een halve meter nauwkeurig.")
    with without_collecting():
        moved = [[[move(ring) for ring in polygon] for polygon in polygons] for polygons in shapes]
    return moved, notes


def _within(points, box) -> bool:
    (left, right), (low, high) = box
    x, y = points[:, 0], points[:, 1]
    # A NaN is within nothing.
    return bool(((x >= left) & (x <= right) & (y >= low) & (y <= high)).all())


def to_rd(longitude, latitude):
    """Turn WGS84 into metres of the national grid, to within about half a metre.

    Parameters
    ----------
    longitude, latitude : float or array of float
        Degrees, in the Netherlands.

    Returns
    -------
    x, y : float or array of float
    """
    north = 0.36 * (latitude - ORIGIN[0])
    east = 0.36 * (longitude - ORIGIN[1])
    x = 155_000 + sum(factor * north**p * east**q for p, q, factor in X)
    y = 463_000 + sum(factor * north**p * east**q for p, q, factor in Y)
    return x, y


def _one_row_each(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Keep the land of an area that the map has as land and as water; refuse other doubles."""
    keys = ["code", "jaar"]
    both = frame[frame.duplicated(keys, keep=False)]
    drop = both.index[both["water"]]
    kept = frame.drop(drop)
    gone = set(both["code"]) - set(kept["code"])
    double = kept[kept.duplicated(keys)]
    if len(double) or gone:
        code = double["code"].iloc[0] if len(double) else min(gone)
        raise SourceError(f"In de kaart staat {code} twee keer. Gebruik één kaart per jaar.")
    notes = []
    if len(drop):
        notes.append(f"Van {len(drop)} gebieden is het water weggelaten; het land is er wel.")
    return kept.reset_index(drop=True), notes
