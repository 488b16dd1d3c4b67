"""Keeps persons out: refuses columns and cells that may show who somebody is or where one lives.

Says which cell it is, never what stands in it.
"""

import re
import unicodedata
from datetime import date, datetime

from ..areas import CODE_FORM
from ..personal_data import find_in_cell, kind_in_words
from ..sources.tables import clean
from .columns import BY_KEY, letter

# Beginnings of words in a header of which the column is about persons or their doors.
_PERSON = (
    *("voornaam", "achternaam", "voorletter", "roepnaam", "tussenvoegsel", "geboorte", "geslacht"),
    *(
        "leeftijd",
        "nationaliteit",
        "herkomst",
        "afkomst",
        "etniciteit",
        "burgerlijk",
        "burgerservice",
    ),
    *("bsn", "email", "mail", "telefoon", "telnr", "mobiel", "gsm", "iban", "bankrek", "rekening"),
    *("adres", "huisnummer", "huisnr", "huisletter", "toevoeging", "postcode", "pc6", "woonadres"),
    *(
        "huurder",
        "bewoner",
        "melder",
        "klant",
        "relatie",
        "persoon",
        "contact",
        "contract",
        "dossier",
    ),
    *("beller", "medewerker", "huismeester", "wijkbeheerder", "consulent", "uitkering", "ziekte"),
    *("diagnose", "inkomen", "zaaknummer", "meldernaam", "naw", "naam", "aanhef", "titel"),
)
_FREE = (
    *("opmerking", "toelichting", "omschrijving", "notitie", "memo", "commentaar", "bijzonderhe"),
    *(
        "reactie",
        "verhaal",
        "tekst",
        "beschrijving",
        "inhoud",
        "reden",
        "aantekening",
        "vrijetekst",
    ),
)
# A place has a name as well.
_PLACE = ("buurtnaam", "wijknaam", "gemeentenaam", "plaatsnaam", "corporatienaam", "regionaam")
MOST_LETTERS, MOST_WORDS = 60, 8  # of the name of a complex; more is a story
_EXTRA_LETTERS, _EXTRA_WORDS = 40, 4
_LONGEST = 1000  # letters; more is refused without looking, which would take long
# What may stand in the columns with a year and a month, and would be a house number elsewhere.
_PERIOD = re.compile(
    r"(?:\d\d?[./-]){0,2}\d{1,4} | \d{4}-\d\d? | (?:kwartaal|jaar|maand)[ ]\d{1,4}"
    r"| (?:jan|feb|maart|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec)[a-z]*\.?[-/ ]+(?:20)?\d\d",
    re.VERBOSE | re.IGNORECASE,
)
_A_CODE = "Is het een nummer van een complex? Zet er dan een letter voor."
_ADVICE = {
    "house": "Noem alleen de straat, of schrijf “blok” of “complex” voor een nummer.",
    "address": "Noem alleen de straat.",
    "person": "Laat de naam van de persoon weg. Is het een straat? Laat de voorletters weg.",
    "date": f"Gebruik alleen een jaar of een maand. {_A_CODE}",
    "phone": f"Haal het weg. {_A_CODE}",
    "bsn": f"Haal het weg. {_A_CODE}",
}


def column_trouble(header: str) -> str:
    """Return in Dutch why a column that is not in the template is refused; empty when it is not."""
    # A year or a scale in brackets is no house number.
    if find_in_cell(re.sub(r"\([^()a-z]*\)", "", header, flags=re.IGNORECASE).strip()):
        return "in de naam van deze kolom staat iets dat op een persoon of een adres lijkt"
    words = _words(header)
    if not words or words[0] in ("aantal", "percentage") or words[-1] in _PLACE:
        return ""
    joined = "".join(words)
    if any(word.startswith(_FREE) for word in words) or joined.startswith(_FREE):
        return "dit is een kolom voor vrije tekst. Haal de hele kolom weg"
    about = any(word.startswith(_PERSON) for word in words) or joined.startswith(_PERSON)
    if about or joined.endswith(("naam", "adres", "huisnummer", "postcode", "telefoon")):
        why = "deze kolom gaat over personen of adressen. Haal de hele kolom weg"
        return f"{why}, of noem hem Complexnaam" if joined == "naam" else why
    return ""


def _words(header: str) -> list[str]:
    text = unicodedata.normalize("NFKD", header.casefold()).replace("e-mail", "email")
    return re.findall(r"[a-z0-9]+", "".join(c for c in text if not unicodedata.combining(c)))


def _known_column_trouble(header: str, key: str) -> str:
    """Return in Dutch why a column of the template is refused: what is in brackets tells more.

    What holds numbers may be about huurders: how many they are.
    """
    if BY_KEY[key].is_number:
        return ""
    for part in re.findall(r"\(([^()]*)\)", header):
        said_not = set(_words(part)) & {"geen", "niet", "nooit", "zonder"}
        if not said_not and column_trouble(part):
            return (
                "wat hier tussen haakjes staat, gaat over personen of adressen. Staan die niet in "
                "de kolom? Haal dan weg wat tussen haakjes staat. Anders haal je de kolom weg"
            )
    return ""


def cell_trouble(cell, key: str) -> str:
    """Return in Dutch why a cell is refused; empty when it is not.

    Parameters
    ----------
    cell : str, float, date or other
        As it was read.
    key : str
        Of its column; empty for a column that is not in the template.
    """
    if isinstance(cell, date | datetime):
        # A spreadsheet makes a date of 2024-03; elsewhere it may be a birthday.
        return "" if key in ("jaar", "maand") else _said("date")
    text = clean(cell)
    if not text or (
        key == "buurt" and re.fullmatch(CODE_FORM["buurt"], text.replace(" ", "").upper())
    ):
        return ""
    if key in ("jaar", "maand") and _PERIOD.fullmatch(text):
        return ""
    kind = "" if len(text) > _LONGEST else find_in_cell(text, code=key == "complex")
    if kind:
        return _said(kind)
    letters, words = (_EXTRA_LETTERS, _EXTRA_WORDS) if not key else (MOST_LETTERS, MOST_WORDS)
    if len(text) > letters or len(text.split()) > words:
        return "hier staat een stuk tekst. Vrije tekst lees ik niet: er kan een naam in staan"
    return ""


def _said(kind: str) -> str:
    return f"dit lijkt op {kind_in_words(kind)}. {_ADVICE.get(kind, 'Haal het weg.')}".removesuffix(
        "."
    )


def persons_in(rows: list[tuple[int, list]], header: list[str], keys: list[str]) -> list[str]:
    """Return, per column and cell that is refused, a line that says where it is.

    Parameters
    ----------
    rows : list of (number, cells)
        Number as the spreadsheet shows it.
    header : list of str
    keys : list of str
        Per column; empty for one that is not in the template.
    """
    lines = []
    for place, (title, key) in enumerate(zip(header, keys, strict=True)):
        why = _known_column_trouble(title, key) if key else column_trouble(title)
        if why:
            lines.append(f"kolom {letter(place)}: {why}.")
    refused = {line[6 : line.index(":")] for line in lines}
    known: dict[tuple, str] = {}
    for number, cells in rows:
        for place, cell in enumerate(cells):
            if cell == "" or cell is None or letter(place) in refused:
                continue
            key = keys[place] if place < len(keys) else ""
            asked = (type(cell), cell, key)
            if asked not in known:
                known[asked] = cell_trouble(cell, key)
            if known[asked]:
                lines.append(f"rij {number}, kolom {letter(place)}: {known[asked]}.")
    return lines
