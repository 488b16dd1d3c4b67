"""A number in any form of Kerncijfers is read as itself, or not at all.

The forms of the other sources are tried beside their own readers, in the same way.
"""

import math
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_source_formats import STATLINE, zipped
from test_source_tables import workbook

from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError, is_missing

FIXTURES = Path(__file__).parent / "fixtures_sources"
NBSP = "\u00a0"
MORE = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# Per form: the marks for decimals and thousands, and the width a number is padded to.
FORMS = {
    "a": (".", "", 8, "kwb-statline-2021.csv"),
    "b": (",", "", 0, "kwb-statline-2017.csv"),
    "d": (",", ".", 0, "kwb-statline-2023.csv"),
    "e-2017": (".", "", 8, "kwb-2017.csv"),
    "e-2019": (",", "", 0, "kwb-2019.csv"),
    "short": (".", "", 0, "kwb-2023.csv"),
    "short-comma": (",", "", 0, "kwb-2023.csv"),
    "odata": (".", "", 0, "84799NED.csv"),
    "v4": (",", "", 0, "84799NED.zip"),
    "excel": (",", "", 0, "kwb-2023.xlsx"),
}
# StatLine writes as many decimals everywhere, so that a lost mark is seen.
FIXED = ("a", "b")
CODES = ("NL00", "GM1680", "WK168000", "BU16800000", "BU16800001")
NAMES = ("Nederland", "Aa en Stad", "Wijk 00", "Centrum", "Oost")
LEVELS = ("Land", "Gemeente", "Wijk", "Buurt", "Buurt")
# The other numbers of the columns: they show how the file was written.
DENSITIES = (510, 92, 2342, 1369)
SIZES = (2.2, 2.4, 1.9, 2.6)
TITLES = {
    "wijk": "Wijken en buurten",
    "gemeente": "Regioaanduiding|Gemeentenaam (naam)",
    "soort": "Regioaanduiding|Soort regio (omschrijving)",
    "code": "Regioaanduiding|Codering (code)",
    "density": "Bevolking|Bevolkingsdichtheid (aantal inwoners per km²)",
    "size": "Bevolking|Particuliere huishoudens|Gemiddelde huishoudensgrootte (aantal)",
}
SHORT = ("regio", "gm_naam", "recs", "gwb_code", "bev_dich", "g_hhgro")


def written(value, form):
    decimal, thousands, width, _ = FORMS[form]
    text = f"{value:,d}" if isinstance(value, int) else f"{value:.1f}"
    return text.translate(str.maketrans({",": thousands, ".": decimal})).rjust(width)


def make(folder, form, density, size):
    """Write a file of a form in which the last buurt has these two cells."""
    path = folder / FORMS[form][3]
    columns = [
        *(NAMES, (NAMES[0], *[NAMES[1]] * 4), LEVELS, CODES),
        [*(written(value, form) for value in DENSITIES), density],
        [*(written(value, form) for value in SIZES), size],
    ]
    rows = list(zip(*columns, strict=True))
    quote = '"{}"'.format
    if form == "excel":
        return workbook(path, [SHORT, *rows])
    if form == "v4":
        lines = ["Id;Measure;ValueAttribute;Value;StringValue;WijkenEnBuurten"]
        for code, row in zip(CODES, rows, strict=True):
            lines += [f"0;M000100;None;{row[4]};;{code}", f"0;M000114;None;{row[5]};;{code}"]
        parts = STATLINE | {
            "Observations.csv": "\n".join(lines) + "\n",
            "MeasureCodes.csv": "Identifier;Title;Unit;MeasureGroupId\n"
            "M000100;Bevolkingsdichtheid;aantal inwoners per km²;1\n"
            "M000114;Gemiddelde huishoudensgrootte;aantal;2\n",
            "WijkenEnBuurtenCodes.csv": "Identifier;Title\n"
            + "".join(f"{code};{name}\n" for code, name in zip(CODES, NAMES, strict=True)),
        }
        return zipped(path, parts)
    titles = list(TITLES.values())
    mark, end = ";", ""
    if form == "b":
        topics = [re.fullmatch(r"(.*) \((.*)\)", title).groups() for title in titles[1:]]
        rows = list(
            zip(
                *[(*topic, *column) for topic, column in zip(topics, columns[1:], strict=True)],
                strict=True,
            )
        )
        lines = [
            ["Kerncijfers wijken en buurten 2017"],
            ["", "", "Wijken en buurten"],
            ["Onderwerp", "", *NAMES],
        ]
        rows = [*lines, *map(list, zip(*rows, strict=True)), ["Bron: CBS"]]
        text = "\r\n".join(mark.join(map(quote, row)) for row in rows) + "\r\n"
    else:
        if form.startswith("short"):
            titles = SHORT
        elif form == "odata":
            titles = [
                *("WijkenEnBuurten", "Gemeentenaam_1", "SoortRegio_2", "Codering_3"),
                *("Bevolkingsdichtheid_33", "GemiddeldeHuishoudensgrootte_32"),
            ]
            rows = [(row[3], *row[1:]) for row in rows]
            rows = [(n, *row) for n, row in enumerate(rows)]
            titles = ["ID", *titles]
        elif form == "a":
            titles = [title.replace("|", "/") for title in titles]
        elif form == "d":
            titles, mark, end = [title.replace("|", "\n") for title in titles], ",", "Bron: CBS.\n"
        else:
            titles, mark = [re.sub(r"\W", ".", title) for title in titles], ","
        text = "\n".join(mark.join(map(quote, row)) for row in [titles, *rows]) + "\n" + end
    path.write_text(text, "utf-8", newline="")
    return path


def read(folder, form, density, size):
    """Return both numbers as they are read; None for missing or refused."""
    try:
        frame = recognise.read(make(folder, form, density, size)).frame
    except SourceError:
        return None, None
    row = frame.set_index("gwb_code").loc["BU16800001"]
    return [None if math.isnan(row[name]) else row[name] for name in ("bev_dich", "g_hhgro")]


densities = st.integers(0, 30_000)
sizes = st.integers(10, 99).map(lambda n: n / 10)


@pytest.mark.parametrize("form", FORMS)
@MORE
@given(density=densities, size=sizes)
@example(density=0, size=2.0)
@example(density=1000, size=1.0)
def test_a_number_is_read_as_itself(tmp_path, form, density, size):
    cells = [written(value, form) for value in (density, size)]
    assert read(tmp_path, form, *cells) == [density, size]
    assert read(tmp_path, form, f"{NBSP}{cells[0]} ", f" {cells[1]}{NBSP}") == [density, size]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sign", ["", ".", "       .", ",", "x", "-", "NA", "NaN", "-99997", NBSP])
def test_missing_is_missing_in_every_form(tmp_path, form, sign):
    assert read(tmp_path, form, sign, written(2.5, form))[0] is None
    assert read(tmp_path, form, written(1234, form), sign)[1] is None


@st.composite
def damages(draw):
    """Return what happened to a cell: a mark more, less, other or elsewhere, or another sign."""
    at = draw(st.integers(0, 8))
    extra = draw(st.sampled_from([".", ",", " ", NBSP, "'", "%", "*", "-", "e", "O", "/", "€"]))
    kind = draw(st.sampled_from(["insert", "replace", "swap", "move", "sign"]))

    def damage(cell):
        if kind == "insert":
            return cell[:at] + extra + cell[at:]
        if kind == "replace":
            return cell[:at] + extra + cell[at + 1 :]
        if kind == "swap":
            return cell.translate(str.maketrans(".,", ",."))
        if kind == "move":
            bare = re.sub("[.,]", "", cell)
            mark = next(iter(re.findall("[.,]", cell)), "")
            return bare[:at] + mark + bare[at:]
        return draw_sign

    draw_sign = draw(st.sampled_from(["", ".", "-99997", "n.b.", "#N/B", "1,02E+06"]))
    return damage


@pytest.mark.parametrize("form", FORMS)
@MORE
@given(density=densities, size=sizes, damage=damages())
def test_a_damaged_number_is_missing_refused_or_right(tmp_path, form, density, size, damage):
    cells = [written(value, form) for value in (density, size)]
    for place, value in ((0, density), (1, size)):
        damaged = list(cells)
        damaged[place] = damage(cells[place])
        if reads_otherwise(damaged[place], value, form):
            continue
        found = read(tmp_path, form, *damaged)[place]
        assert found is None or found == value, (damaged[place], found)


def reads_otherwise(cell, value, form):
    """Whether the cell is another number, written just as this form writes its numbers.

    A digit that is gone and a mark that moved over to another good place cannot be seen by anyone.
    Neither can a decimal mark that is gone, where a file also has numbers without one.
    """
    text = cell.strip()
    if is_missing(text):
        return False
    decimal, thousands, _, _ = FORMS[form]
    whole = isinstance(value, int)
    plain = text.replace(thousands, "") if thousands else text
    try:
        number = float(plain.replace(decimal, "."))
    except ValueError:
        return False
    again = written(int(number) if whole and number == int(number) else number, form).strip()
    lost = not whole and form not in FIXED and decimal not in text
    return number != value and number > SENTINEL and (again == text or lost)


SENTINEL = -99_990


def test_the_damage_is_felt(tmp_path):
    """The test above would pass as well if all files were refused for another reason."""
    for form in FORMS:
        good = [written(1234, form), written(2.5, form)]
        assert read(tmp_path, form, *good) == [1234, 2.5]
        assert read(tmp_path, form, good[0] + "%", good[1]) == (None, None)
        # What has lost a nought: nobody counts 123.0 where others are written 92.
        assert read(tmp_path, form, "123.0", good[1])[0] is None
        assert read(tmp_path, form, "-0", good[1])[0] is None  # 10 of which the 1 became a dash
    for form in FIXED:
        assert read(tmp_path, form, written(1234, form), "25") == (None, None)
