"""Reads the own file, CSV or Excel: everything is understood, or every wrong cell is told.

What stands in a cell is never repeated in a message: it could be somebody's name.
"""

import calendar
import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from ..areas import CODE_FORM, AreaError
from ..dutch import MONTHS, join_words, parse_number
from ..sources.recognise import check_packed, is_known
from ..sources.tables import (
    Head,
    SourceError,
    clean,
    clean_header,
    excel_mentions,
    is_missing,
    read_excel,
    read_text,
)
from .columns import BY_KEY, COLUMNS, FIGURES, how_many, key_of, letter
from .guard import persons_in

MOST_BYTES = 20_000_000
MOST_ROWS = 200_000
MOST_LINES = 20  # of what is wrong, in one message
HEADER_WITHIN = 5  # rows in which the names of the columns are looked for
EXAMPLE = "VOORBEELD"
YEAR_ENDS = ((1, 1), (31, 12))  # how a spreadsheet writes a year as a day
# More than this and it is a typing error; somebody may call a hundred times.
MOST_PER_DWELLING = {"meldingen": 100, "mutaties": 4}
OF_DWELLINGS = ("huishoudens", "achterstand", "antwoorden")


class OwnError(SourceError):
    """An own file that cannot be used; the message is Dutch and repeats no cell."""


@dataclass(frozen=True)
class Own:
    """What stands in an own file.

    Attributes
    ----------
    frame : DataFrame
        One row per complex, year and month (0 for the whole year); the columns of `COLUMNS`,
        figures float with NaN for what is not there.
    notes : tuple of str
        Dutch sentences on what was left out.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Sheet:
    """A file as rows with the numbers a spreadsheet shows, the header apart."""

    name: str
    header: list[str]
    keys: list[str]
    rows: list[tuple[int, list]]


def recognises(path) -> bool:
    """Tell whether a file has the columns of the template; other files are left alone."""
    try:
        head = Head(path)
        if not head.size or head.size > MOST_BYTES or head.is_json or head.is_html:
            return False
        if not head.is_excel:
            # What is wrong further on is told by `read`, which knows what to do about it.
            return bool(_header_line(head))
        # Excel may write the names of the columns after all other texts. The large workbooks of
        # the sources need not be read for that.
        if not excel_mentions(head, "omplex", "OMPLEX", "traat", "TRAAT") and is_known(head):
            return False
        return _header_place(_excel_rows(head)) is not None
    except AreaError:
        return False


def read(path, today: date | None = None) -> Own:
    """Read an own file.

    Parameters
    ----------
    path : path
    today : date, optional
        Figures of a later year are a mistake.

    Raises
    ------
    OwnError
        When anything in it is not understood, or may point to a person. Every cell is named.
    """
    try:
        sheet = _sheet(Head(path))
    except OwnError:
        raise
    except SourceError as error:  # of what reads any file, such as a damaged workbook
        raise OwnError(str(error)) from error
    found = persons_in(sheet.rows, sheet.header, sheet.keys)
    if found:
        raise OwnError(
            f"In “{sheet.name}” staat iets dat op personen of adressen lijkt. Zo’n bestand lees ik "
            f"niet. Wat er staat, herhaal ik hier niet.\n{_listed(found)}\n"
            "Pas het bestand aan en lees het opnieuw in."
        )
    _check_columns(sheet)
    rows, examples = _without_examples(sheet)
    if not rows:
        raise OwnError(
            f"In “{sheet.name}” staan alleen de voorbeeldregels. Vul je eigen cijfers in en "
            "haal de voorbeelden weg."
            if examples
            else f"In “{sheet.name}” staan geen cijfers."
        )
    if len(rows) > MOST_ROWS:
        raise OwnError(f"“{sheet.name}” heeft te veel rijen. Zet er alleen de laatste jaren in.")
    records, wrong = _read_rows(sheet, rows, (today or date.today()).year)
    if not wrong:
        wrong = _fill_in(sheet, records) or _contradictions(sheet, records)
    if wrong:
        raise OwnError(
            f"In “{sheet.name}” klopt nog niet alles.\n{_listed(wrong)}\n"
            "Pas het bestand aan en lees het opnieuw in."
        )
    return Own(_frame(records), tuple(_notes(sheet, records, examples)))


def _listed(lines: list[str]) -> str:
    shown = [f"- {line}" for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return "\n".join([*shown, *([f"- en nog {more} keer iets."] if more else [])])


# The file as rows


def _sheet(head: Head) -> _Sheet:
    if head.size > MOST_BYTES:
        raise OwnError(f"“{head.name}” is te groot. Zet er alleen de laatste jaren in.")
    rows = _rows(head)
    place = _header_place(rows)
    if place is None:
        raise OwnError(
            f"In “{head.name}” vind ik de kolommen niet. Maak een leeg bestand met: leefbaar data "
            "template"
        )
    header = [clean_header(cell) for cell in rows[place][1]]
    while header and not header[-1]:
        header.pop()
    body = [(number, cells) for number, cells in rows[place + 1 :] if any(map(clean, cells))]
    return _Sheet(head.name, header, [key_of(title) for title in header], body)


def _header_place(rows: list[tuple[int, list]]) -> int | None:
    early = enumerate(rows[:HEADER_WITHIN])
    return next((place for place, (_, cells) in early if _is_header(cells)), None)


def _is_header(cells: list) -> bool:
    """Whether these are names of columns of the template: of a complex and of something else."""
    keys = {key_of(clean_header(cell)) for cell in cells if isinstance(cell, str)} - {""}
    return bool(keys & {"complex", "naam"}) and len(keys) > 1


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_separator(line)), [])


def _separator(line: str) -> str:
    return max((";", ",", "\t"), key=line.count)


def _rows(head: Head) -> list[tuple[int, list]]:
    if head.is_excel:
        return _excel_rows(head)
    again = "Sla het in Excel opnieuw op als CSV, of als gewoon Excelbestand."
    try:
        text = read_text(head)
    except SourceError as error:  # its advice is to download it once more
        raise OwnError(f"“{head.name}” kan ik niet lezen als CSV. {again}") from error
    separator = _separator(_header_line(head))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise OwnError(
            f"“{head.name}” kan ik niet lezen als CSV, rond rij {reader.line_num}. {again}"
        ) from error


def _header_line(head: Head) -> str:
    """Return the line of a text file with the names of the columns; empty when there is none."""
    return next((line for line in head.lines(HEADER_WITHIN) if _is_header(_cells(line))), "")


def _excel_rows(head: Head) -> list[tuple[int, list]]:
    from python_calamine import CalamineWorkbook

    check_packed(head)
    rows = read_excel(head)
    # Blank rows and columns before the first cell were left out; people count them.
    with CalamineWorkbook.from_path(str(head.path)) as book:
        down, right = book.get_sheet_by_index(0).start or (0, 0)
    return [(number, [""] * right + row) for number, row in enumerate(rows, start=down + 1)]


def _check_columns(sheet: _Sheet) -> None:
    for column in COLUMNS:
        if sheet.keys.count(column.key) > 1:
            places = [letter(n) for n, key in enumerate(sheet.keys) if key == column.key]
            raise OwnError(
                f"In “{sheet.name}” staat “{column.title}” twee keer: in kolom "
                f"{join_words(places)}."
            )
    lost = [BY_KEY[key].title for key in ("buurt", "woningen", "jaar") if key not in sheet.keys]
    if lost:
        raise OwnError(
            f"In “{sheet.name}” ontbreekt de kolom {join_words([f'“{title}”' for title in lost])}. "
            "Een leeg bestand met alle kolommen maak je met: leefbaar data template"
        )
    if not set(FIGURES) & set(sheet.keys):
        raise OwnError(f"In “{sheet.name}” staat geen enkele kolom met cijfers die ik ken.")


def _without_examples(sheet: _Sheet) -> tuple[list[tuple[int, dict]], list[int]]:
    """Return the cells of each row by column, without the examples of the template."""
    rows, examples = [], []
    for number, cells in sheet.rows:
        row = {key: cells[n] for n, key in enumerate(sheet.keys) if key and n < len(cells)}
        named = [clean(row.get(key, "")).upper() for key in ("complex", "naam")]
        if any(name.startswith(EXAMPLE) for name in named):
            examples.append(number)
        else:
            rows.append((number, row))
    return rows, examples


# Cells


def _read_rows(sheet: _Sheet, rows, this_year: int) -> tuple[list[dict], list[str]]:
    records, wrong = [], []
    width = len(sheet.header)
    by_number = dict(sheet.rows)
    for number, row in rows:
        record: dict = {"rij": number}
        for column in COLUMNS:
            cell = row.get(column.key, "")
            if column.key == "maand":
                continue  # needs the year
            try:
                record[column.key] = _read_cell(cell, column.key, this_year)
            except ValueError as error:
                record[column.key] = None
                wrong.append(f"{_where(sheet, number, column.key)}: {error}.")
        try:
            record["maand"] = _month(row.get("maand", ""), record["jaar"])
        except ValueError as error:
            wrong.append(f"{_where(sheet, number, 'maand')}: {error}.")
            record["maand"] = 0
        if not record["complex"] and not record["naam"]:
            title = BY_KEY["complex"].title
            wrong.append(f"rij {number}: “{title}” en “{BY_KEY['naam'].title}” zijn allebei leeg.")
        if record["maand"]:
            for key in FIGURES:
                if (
                    record[key] is not None
                    and record[key] == record[key]
                    and not BY_KEY[key].monthly
                ):
                    wrong.append(
                        f"{_where(sheet, number, key)}: dit hoort op een rij over een heel jaar, "
                        "zonder maand."
                    )
        if any(clean(cell) for cell in by_number[number][width:]):
            wrong.append(f"rij {number}: hier staan meer cellen dan er kolommen zijn.")
        records.append(record)
    return records, wrong


def _where(sheet: _Sheet, number: int, key: str) -> str:
    title = BY_KEY[key].title
    if key not in sheet.keys:
        return f"rij {number}, “{title}”"
    return f"rij {number}, kolom {letter(sheet.keys.index(key))} (“{title}”)"


def _read_cell(cell, key: str, this_year: int):
    """Return a cell as text or number; a ValueError says in Dutch what is wrong with it."""
    column = BY_KEY[key]
    if key == "jaar":
        return _year(cell, this_year)
    if not column.is_number:
        text = re.sub(r"\s+", " ", clean(cell))
        if key == "buurt" and text:
            text = text.replace(" ", "").upper()
            if not re.fullmatch(CODE_FORM["buurt"], text, re.ASCII):
                raise ValueError("dit is geen buurtcode van CBS. Die lijkt op BU03620101")
        return text
    if isinstance(cell, bool):
        raise ValueError("hier staat waar of onwaar, geen getal")
    if is_missing(cell):
        return float("nan")
    number = _number(cell)
    if not column.decimals and number % 1:
        raise ValueError("dit is geen heel getal, en het is een aantal")
    if not column.least <= number <= column.most:
        if column.decimals:
            raise ValueError(f"dit moet van {column.least} tot en met {column.most} zijn")
        raise ValueError(f"dit getal is te {'klein' if number < column.least else 'groot'}")
    return number


def _number(cell) -> float:
    if isinstance(cell, int | float):
        return float(cell)
    if isinstance(cell, str):
        try:
            return parse_number(clean(cell))
        except ValueError:
            pass
        if re.fullmatch(r"\d+\.\d+", clean(cell)):
            raise ValueError(
                "hier staat een punt. Gebruik een komma voor cijfers achter de komma, en een punt "
                "alleen voor duizendtallen"
            )
    raise ValueError("dit is geen getal. Is het niet bekend? Laat de cel dan leeg")


def _year(cell, this_year: int) -> int:
    if isinstance(cell, date | datetime):
        if (cell.day, cell.month) not in YEAR_ENDS:
            raise ValueError("dit is een dag, geen jaar. Schrijf het als 2024")
        year = cell.year
    else:
        text = clean(cell)
        if not text:
            raise ValueError("het jaar ontbreekt")
        found = re.fullmatch(r"(\d{4})(?:\.0)?|(?:0?1-0?1|31-12)-(\d{4})", text, re.ASCII)
        if not found:
            raise ValueError("dit is geen jaar. Schrijf het als 2024")
        year = int(found[1] or found[2])
    if not 2000 <= year <= this_year:
        raise ValueError(f"dit moet een jaar zijn van 2000 tot en met {this_year}")
    return year


def _month(cell, year: int | None) -> int:
    """Return 1 to 12, or 0 for the whole year; a year in the cell must be that of the row."""
    wrong = ValueError("dit is geen maand. Schrijf 1 tot en met 12, of laat het leeg")
    if isinstance(cell, date | datetime):
        # A spreadsheet makes the first day of a month of “maart 2024”.
        if cell.day not in (1, calendar.monthrange(cell.year, cell.month)[1]):
            raise ValueError("dit is een dag, geen maand. Schrijf 1 tot en met 12")
        named, month = cell.year, cell.month
    elif is_missing(cell):
        return 0
    else:
        text = clean(cell).lower()
        forms = (
            r"(?P<m>\d{1,2}|[a-z]+)\.?",
            r"(?P<m>\d{1,2}|[a-z]+)\.?[-/ .]+(?P<y>(?:20)?\d\d)",
            r"(?P<y>20\d\d)[-/ .]+(?P<m>\d{1,2}|[a-z]+)",
        )
        found = next(filter(None, (re.fullmatch(form, text, re.ASCII) for form in forms)), None)
        if not found:
            raise wrong
        month = _month_number(found["m"])
        named = found.groupdict().get("y")
        named = named and int(named) + (2000 if len(named) == 2 else 0)
    if not 1 <= month <= 12:
        raise wrong
    if named and year and named != year:
        raise ValueError("het jaar bij deze maand is een ander jaar dan in de kolom “Jaar”")
    return month


def _month_number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    text = {"mrt": "maart", "sept": "sep"}.get(text, text)
    names = [n for n, name in enumerate(MONTHS, 1) if len(text) > 2 and name.startswith(text)]
    return names[0] if len(names) == 1 else 0


# Rows together


def _fill_in(sheet: _Sheet, records: list[dict]) -> list[str]:
    """Give each row its complex, name, buurt and dwellings; return what is missing."""
    wrong = _name_complexes(sheet, records)
    names: dict[str, str] = {}
    buurten: dict[str, str] = {}
    dwellings: dict[tuple[str, int], float] = {}
    for record in sorted(records, key=lambda r: (r["jaar"], r["maand"] or 13)):
        code = record["complex"]
        names[code] = record["naam"] or names.get(code, "")
        buurten[code] = record["buurt"] or buurten.get(code, "")
        if record["woningen"] == record["woningen"]:
            dwellings.setdefault((code, record["jaar"]), record["woningen"])
    for record in records:
        code = record["complex"]
        record["naam"] = record["naam"] or names[code] or code
        record["buurt"] = record["buurt"] or buurten[code]
        if record["woningen"] != record["woningen"]:
            record["woningen"] = dwellings.get((code, record["jaar"]), float("nan"))
        if not record["buurt"]:
            wrong.append(f"{_where(sheet, record['rij'], 'buurt')}: de buurtcode ontbreekt.")
        if record["woningen"] != record["woningen"]:
            wrong.append(
                f"{_where(sheet, record['rij'], 'woningen')}: het aantal woningen ontbreekt."
            )
    return wrong


def _name_complexes(sheet: _Sheet, records: list[dict]) -> list[str]:
    """Give each row the code of its complex, written as on its first row.

    A row with only a name is of the complex with that name. Capitals make no other complex.
    """
    wrong = []
    written: dict[str, str] = {}
    called: dict[str, set[str]] = {}
    for record in records:
        if code := record["complex"]:
            record["complex"] = written.setdefault(code.casefold(), code)
            called.setdefault(record["naam"].casefold(), set()).add(record["complex"])
    for record in records:
        if record["complex"]:
            continue
        name = record["naam"].casefold()
        # Whose code is its name needs no other row.
        codes = {written[name]} if name in written else called.get(name, set())
        if len(codes) > 1:
            wrong.append(
                f"{_where(sheet, record['rij'], 'complex')}: er zijn meer complexen met deze "
                "naam. Vul de code in."
            )
        record["complex"] = min(codes) if codes else written.setdefault(name, record["naam"])
    return wrong


def _contradictions(sheet: _Sheet, records: list[dict]) -> list[str]:
    """Return what cannot both be true, within a row and between rows."""
    wrong = []
    seen: dict[tuple, int] = {}
    first: dict[tuple, dict] = {}
    months: dict[tuple, list[dict]] = {}
    for record in records:
        number, key = record["rij"], (record["complex"], record["jaar"], record["maand"])
        if key in seen:
            wrong.append(
                f"rij {number}: dit complex staat ook op rij {seen[key]}, over dezelfde tijd."
            )
            continue
        seen[key] = number
        before = first.setdefault(key[:2], record)
        for name in ("woningen", "buurt"):
            if record[name] != before[name]:
                wrong.append(
                    f"{_where(sheet, number, name)}: op rij {before['rij']} staat bij dit complex "
                    "over hetzelfde jaar iets anders."
                )
        if record["maand"]:
            months.setdefault(key[:2], []).append(record)
        wrong += _impossible(sheet, record)
    for record in records:
        if record["maand"] == 0:
            wrong += _sums(sheet, record, months.get((record["complex"], record["jaar"]), []))
    return wrong


def _impossible(sheet: _Sheet, record: dict) -> list[str]:
    wrong, size = [], record["woningen"]
    for key in OF_DWELLINGS:
        if record[key] > size:
            wrong.append(
                f"{_where(sheet, record['rij'], key)}: dit is meer dan het aantal woningen."
            )
    for key, most in MOST_PER_DWELLING.items():
        if record[key] > most * size:
            wrong.append(
                f"{_where(sheet, record['rij'], key)}: dit is wel heel veel voor zoveel woningen. "
                "Staat er een cijfer te veel?"
            )
    if record["huishoudens"] > record["meldingen"]:
        wrong.append(
            f"{_where(sheet, record['rij'], 'huishoudens')}: er kunnen niet meer huishoudens "
            "melden dan er meldingen zijn."
        )
    if record["meldingen"] > 0 and record["huishoudens"] == 0:
        wrong.append(
            f"{_where(sheet, record['rij'], 'huishoudens')}: er zijn meldingen, dus dit is geen "
            "nul. Is het niet bekend? Laat de cel dan leeg."
        )
    return wrong


def _sums(sheet: _Sheet, year: dict, months: list[dict]) -> list[str]:
    """Hold the whole year against its months."""
    wrong = []
    known = [r["meldingen"] for r in months if r["meldingen"] == r["meldingen"]]
    total = year["meldingen"]
    if total == total and known:
        if len(known) == 12 and sum(known) != total:
            wrong.append(
                f"{_where(sheet, year['rij'], 'meldingen')}: de twaalf maanden samen zijn een "
                "ander aantal."
            )
        elif sum(known) > total:
            wrong.append(
                f"{_where(sheet, year['rij'], 'meldingen')}: de maanden samen zijn meer dan het "
                "jaar."
            )
    # A household counts once in a year, and once in each month in which it reported.
    households = [r["huishoudens"] for r in months if r["huishoudens"] == r["huishoudens"]]
    if households and year["huishoudens"] < max(households):
        wrong.append(
            f"{_where(sheet, year['rij'], 'huishoudens')}: dit is minder dan in een van de maanden."
        )
    return wrong


def _frame(records: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(records)[[column.key for column in COLUMNS]]
    whole = {"jaar": int, "maand": int, "woningen": int}
    frame = frame.astype(whole | {key: float for key in FIGURES})
    return frame.sort_values(["complex", "jaar", "maand"], kind="stable").reset_index(drop=True)


def _notes(sheet: _Sheet, records: list[dict], examples: list[int]) -> list[str]:
    notes = []
    if examples:
        many = len(examples) > 1
        notes.append(
            f"{'Rijen' if many else 'Rij'} {join_words([str(n) for n in examples])} "
            f"{'zijn voorbeelden en tellen' if many else 'is een voorbeeld en telt'} niet mee. "
            f"Haal {'ze' if many else 'hem'} weg."
        )
    # The letter only: a name above a column can be that of somebody.
    extra = [
        letter(place)
        for place, (title, key) in enumerate(zip(sheet.header, sheet.keys, strict=True))
        if not key and (title or any(len(c) > place and clean(c[place]) for _, c in sheet.rows))
    ]
    if extra:
        what = "De kolom" if len(extra) == 1 else "De kolommen"
        kept = "is niet bewaard: die ken" if len(extra) == 1 else "zijn niet bewaard: die ken"
        notes.append(f"{what} {join_words(extra)} {kept} ik niet.")
    unsure = {
        r["complex"]
        for r in records
        if r["tevredenheid"] == r["tevredenheid"] and r["antwoorden"] != r["antwoorden"]
    }
    if unsure:
        notes.append(
            f"Bij {how_many(len(unsure))} staat een rapportcijfer zonder het aantal antwoorden. "
            "Dat cijfer laten we niet zien. Vul de kolom “Antwoorden” in."
        )
    small = {r["complex"] for r in records if r["woningen"] < 20}
    if small:
        word = "heeft" if len(small) == 1 else "hebben"
        notes.append(f"{how_many(len(small))} {word} minder dan 20 woningen. Die tonen we nooit.")
    return notes
