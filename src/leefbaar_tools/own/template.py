"""An empty own file to fill in: Excel with an explanation, and the same as CSV."""

import csv
import io
from pathlib import Path

from .columns import BY_KEY, COLUMNS
from .reading import EXAMPLE, OwnError

NAME = "eigen-cijfers"
# Invented. The first is about a year, the second about a month.
EXAMPLES = (
    {
        "complex": f"{EXAMPLE}-1",
        "naam": "Voorbeeldflat",
        "buurt": "BU99990101",
        "woningen": 120,
        "jaar": 2024,
        "meldingen": 85,
        "huishoudens": 52,
        "mutaties": 12,
        "achterstand": 11,
        "tevredenheid": 7.1,
        "antwoorden": 64,
        "score": 4,
    },
    {
        "complex": f"{EXAMPLE}-2",
        "naam": "Voorbeeldstraat",
        "buurt": "BU99990101",
        "woningen": 48,
        "jaar": 2024,
        "maand": "maart",
        "meldingen": 7,
        "huishoudens": 6,
    },
)
RULES = (
    "Elke rij gaat over één complex of straat, en over één jaar of één maand.",
    "Rijen die met VOORBEELD beginnen, tellen nooit mee. Haal ze weg als je klaar bent.",
    "Weet je iets niet? Laat de cel leeg. Een lege cel is geen nul.",
    "Een kolom die je niet gebruikt, mag je laten staan of weghalen.",
    "Geen namen van mensen, geen adressen, geen telefoonnummers, geen vrije tekst.",
    "Staat er toch iets dat daarop lijkt? Dan lees ik het bestand niet in.",
    "Een straat mag wel. Een straat met een huisnummer niet.",
    "Een complex met minder dan 20 woningen laten we nooit zien. Je mag straten samennemen.",
    "Achter een cijfer moeten minstens tien gevallen staan. Anders laten we het niet zien.",
    "Komen de meldingen van minder dan tien huishoudens? Dan laten we ook de meldingen niet zien.",
    "Per maand vragen we alleen meldingen en huishoudens. De rest vul je in per jaar.",
    "Alles blijft op deze computer. Inlezen doe je met: leefbaar data import BESTAND",
)


def write_template(folder) -> list[Path]:
    """Write an empty own file, as workbook and as CSV.

    Parameters
    ----------
    folder : path
        Made when it is not there.

    Returns
    -------
    list of Path

    Raises
    ------
    OwnError
        When a file is there already: somebody may have filled it in; or when it cannot be written.
    """
    folder = Path(folder)
    places = {folder / f"{NAME}.xlsx": workbook, folder / f"{NAME}.csv": csv_text}
    try:
        there = next((place for place in places if place.exists()), None)
        if there:
            raise OwnError(
                f"{there} is er al, en misschien al ingevuld. Ik laat het staan. Kies een andere "
                "map met --output, of geef het eerst een andere naam."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for place, content in places.items():
            with place.open("xb") as file:
                file.write(content())
    except OSError as error:
        raise OwnError(f"Ik kan niets schrijven in {folder}. Kies een andere map.") from error
    return list(places)


def csv_text() -> bytes:
    """Return the template as Dutch Excel reads it: semicolons, a mark for UTF-8, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.title for column in COLUMNS])
    for example in EXAMPLES:
        cells = [example.get(column.key, "") for column in COLUMNS]
        writer.writerow([str(c).replace(".", ",") if isinstance(c, float) else c for c in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def workbook() -> bytes:
    """Return the template as a workbook: a sheet to fill in, and a sheet that explains it."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Cijfers"
    sheet.append([column.title for column in COLUMNS])
    for example in EXAMPLES:
        sheet.append([example.get(column.key) for column in COLUMNS])
    bold, grey = Font(bold=True), PatternFill("solid", fgColor="E6E6E6")
    for place, column in enumerate(COLUMNS, 1):
        form = _form(column.key)
        # For the cells that are still to come; those that are there need it each.
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        sheet.column_dimensions[get_column_letter(place)].number_format = form
        for row in range(2, len(EXAMPLES) + 2):
            cell = sheet.cell(row, place)
            cell.number_format, cell.font = form, Font(italic=True, color="666666")
        head = sheet.cell(1, place)
        head.font, head.fill, head.alignment = bold, grey, Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    told = book.create_sheet("Uitleg")
    told.append(["Zo vul je dit bestand in"])
    for rule in RULES:
        told.append([rule])
        told.merge_cells(start_row=told.max_row, end_row=told.max_row, start_column=1, end_column=2)
    told.append([])
    told.append(["Kolom", "Wat vul je in?"])
    header = told.max_row
    for column in COLUMNS:
        told.append([column.title, column.explained])
    told.append([])
    told.append(["Waarom 1 tot en met 5?", _WHY_FIVE])
    for row in told.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for row in range(1, told.max_row + 1):
        # Not every program makes a row higher for words that go on to a next line.
        letters = 100 if row < header else 80
        words = told.cell(row, 1 if row < header else 2).value or ""
        told.row_dimensions[row].height = 16 * (1 + len(words) // letters)
    for cell in (told["A1"], told.cell(header, 1), told.cell(header, 2)):
        cell.font = bold
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 26, 80
    told.page_setup.orientation = "landscape"
    told.page_setup.paperSize = told.PAPERSIZE_A4
    told.page_setup.fitToHeight = 0
    told.sheet_properties.pageSetUpPr.fitToPage = True
    book.properties.title, book.properties.creator = "Eigen cijfers per complex", ""
    book.properties.language = "nl-NL"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


_WHY_FIVE = (
    "Vijf stappen kun je met een collega uitleggen en vergelijken. Negen stappen lijken "
    "preciezer dan een oordeel is. En je haalt ze door elkaar met de negen klassen van de "
    "Leefbaarometer."
)


def _form(key: str) -> str:
    """Return the format of a column: text where Excel would make a date or a number of it."""
    if key in ("complex", "naam", "buurt", "maand"):
        return "@"
    return "0.0" if BY_KEY[key].decimals else "0"
