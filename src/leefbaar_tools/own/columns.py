"""Columns of the own file: what each is called, what may stand in it, and what is drawn of it."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of the template.

    Attributes
    ----------
    key : str
        Name in the tables.
    title : str
        Header in the template.
    explained : str
        Dutch, for the sheet with the explanation.
    others : tuple of str
        Other headers that mean the same, as `plain` writes them.
    least, most : float
        Bounds of a number; a column without them holds text.
    decimals : bool
        Whether the number may have a part behind the comma.
    monthly : bool
        Whether it may stand on a row of one month.
    width : int
        In the workbook, in letters.
    """

    key: str
    title: str
    explained: str
    others: tuple[str, ...] = ()
    least: float = 0
    most: float = 0
    decimals: bool = False
    monthly: bool = False
    width: int = 14

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.most > 0


COLUMNS = (
    Column(
        "complex",
        "Complexcode",
        "Jullie eigen code of nummer van het complex. Geen code van een huurder of een woning. "
        "Leeg? Dan hoort de rij bij het complex met die naam.",
        ("complex", "complexnummer", "complexnr"),
        width=16,
    ),
    Column(
        "naam",
        "Complexnaam",
        "Naam van het complex, of van de straat. Nooit met een huisnummer. Blok 2 mag wel.",
        ("naamcomplex", "straat", "straatnaam", "complexofstraat", "complexnaamofstraat"),
        width=26,
    ),
    Column(
        "buurt",
        "Buurtcode",
        "De code van CBS, zoals BU03620101. Ligt het complex in twee buurten? Maak er dan twee "
        "complexen van.",
        ("buurt", "cbsbuurtcode", "buurtcodecbs", "bucode"),
    ),
    Column(
        "woningen",
        "Woningen",
        "Hoeveel woningen het complex heeft. Geen garages. Op een rij over een maand mag het leeg "
        "blijven.",
        ("aantalwoningen",),
        1,
        20_000,
        monthly=True,
    ),
    Column(
        "jaar", "Jaar", "Het jaar waar de rij over gaat, zoals 2024.", ("verslagjaar",), 2000, 2100
    ),
    Column(
        "maand",
        "Maand",
        "Leeg: de rij gaat over het hele jaar. Anders 1 tot en met 12, of de naam van de maand.",
        (),
    ),
    Column(
        "meldingen",
        "Meldingen",
        "Hoe vaak er is gemeld. Telt elk telefoontje.",
        ("aantalmeldingen", "overlastmeldingen"),
        0,
        1_000_000,
        monthly=True,
    ),
    Column(
        "huishoudens",
        "Huishoudens die meldden",
        "Hoeveel verschillende huishoudens er meldden. Wie vijf keer belt, telt één keer. Weet je "
        "het niet? Laat het leeg. Vul je maanden in? Maak dan ook een rij over het hele jaar: wie "
        "elke maand belt, telt daar één keer.",
        ("melders", "aantalmelders", "huishoudensdiemelden", "aantalhuishoudensdiemeldden"),
        0,
        20_000,
        monthly=True,
        width=25,
    ),
    Column(
        "mutaties",
        "Mutaties",
        "Hoeveel woningen in dat jaar een andere huurder kregen.",
        ("aantalmutaties", "verhuizingen"),
        0,
        20_000,
    ),
    Column(
        "achterstand",
        "Huurachterstand",
        "Hoeveel huishoudens op één dag een huurachterstand hadden. Neem elk jaar dezelfde dag, "
        "liefst 31 december. Alleen huishoudens die er nog wonen.",
        ("huurachterstanden", "huishoudensmethuurachterstand", "aantalhuurachterstanden"),
        0,
        20_000,
        width=17,
    ),
    Column(
        "tevredenheid",
        "Tevredenheid",
        "Gemiddeld rapportcijfer van huurders, van 1 tot en met 10, met een komma: 7,1.",
        ("tevredenheidscijfer", "rapportcijfer"),
        1,
        10,
        decimals=True,
    ),
    Column(
        "antwoorden",
        "Antwoorden",
        "Hoeveel huurders dat cijfer gaven. Zonder dit aantal laten we het cijfer niet zien.",
        ("aantalantwoorden", "respondenten", "aantalrespondenten"),
        0,
        20_000,
    ),
    Column(
        "score",
        "Medewerkerscore",
        "Wat jullie er zelf van vinden, van 1 tot en met 5. 1 is veel zorgen, 3 is wisselend, 5 is "
        "het gaat goed. Gemiddelde van meer collega's? Dat mag, met een komma: 3,5.",
        ("scoremedewerkers", "scoremedewerker", "teamscore"),
        1,
        5,
        decimals=True,
        width=17,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
FIGURES = tuple(column.key for column in COLUMNS if column.key not in ("complex", "naam", "buurt"))[
    3:
]
_KEYS = {
    name: column.key
    for column in COLUMNS
    for name in (re.sub(r"[^a-z]", "", column.title.lower()), *column.others)
}


@dataclass(frozen=True)
class Measure:
    """One thing to draw per complex.

    Attributes
    ----------
    key : str
        Column of the table ``jaren``.
    title, unit : str
        Dutch; the unit says per what.
    counted : str
        Dutch, of the cases behind it: ``"meldingen"``.
    per_dwellings : bool
        Whether it is shown per 100 dwellings.
    cases : str
        Column with the number of cases it rests on; empty when it rests on none.
    full : float
        Highest value of a score; 0 for a rate.
    """

    key: str
    title: str
    unit: str
    counted: str
    per_dwellings: bool = True
    cases: str = ""
    full: float = 0


def _per_hundred(key: str, title: str, counted: str) -> Measure:
    return Measure(key, title, f"{counted} per 100 woningen", counted, cases=key)


MEASURES = {
    measure.key: measure
    for measure in (
        _per_hundred("meldingen", "meldingen", "meldingen"),
        _per_hundred("huishoudens", "huishoudens die meldden", "huishoudens die meldden"),
        _per_hundred("mutaties", "nieuwe huurders", "woningen met een nieuwe huurder"),
        _per_hundred("achterstand", "huurachterstand", "huishoudens met huurachterstand"),
        Measure(
            "tevredenheid",
            "tevredenheid van huurders",
            "rapportcijfer van 1 tot en met 10",
            "antwoorden",
            False,
            "antwoorden",
            10,
        ),
        Measure(
            "score",
            "score van medewerkers",
            "score van 1 (veel zorgen) tot en met 5 (gaat goed)",
            "",
            False,
            full=5,
        ),
    )
}


def plain(header: str) -> str:
    """Return a header in small letters only, without accents and what stands in brackets."""
    text = unicodedata.normalize("NFKD", header.casefold())
    return re.sub(r"[^a-z]", "", re.sub(r"\([^()]*\)", "", text))


def key_of(header: str) -> str:
    """Return which column a header is, whatever its capitals and spaces; empty for none."""
    return _KEYS.get(plain(header), "")


def how_many(count: int) -> str:
    """Return in Dutch how many complexes."""
    return f"{count} {'complex' if count == 1 else 'complexen'}"


def letter(place: int) -> str:
    """Return the letter of a column in a spreadsheet; the first is 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
