"""What every reader of a source needs: the head of a file, its text, its rows, its numbers.

A reader never guesses. It either knows what a cell means or raises a `SourceError` that says, in
Dutch, what is wrong and what to do.
"""

import contextlib
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ..areas import CODE_FORM, AreaError
from ..areas import MISSING as AREA_MISSING

HEAD_BYTES = 4096
# CBS also writes a lone comma (2022), and marks provisional figures with stars.
MISSING = frozenset(AREA_MISSING) | {"nan", "NaN", "NULL", "null", "None", "*", "**"}
# Geographic editions write -99995 (unknown), -99997 (secret), -99999999 for "not there".
SENTINEL = -99990
# None of the files that are read comes near this.
MAX_BYTES = 200_000_000
# Bytes of CSV that are read at a time; a longer line is read the slow way.
BLOCK = 4_000_000
# As many cells show whether a column has the same ones again and again.
SAMPLE = 1000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What surrounds a cell without meaning anything; str.strip leaves the last two.
_EDGE = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"


class SourceError(AreaError):
    """A file that cannot be used; the message is Dutch and meant to be shown."""


@dataclass(frozen=True)
class Table:
    """What a reader made of one file.

    Attributes
    ----------
    source : str
        ``NAME`` of the reader.
    frame : DataFrame
        In the canonical form of the source: codes are text without padding, figures float with
        NaN for missing, no row twice.
    years : tuple of int
        Years the figures are about, ascending.
    division : dict of int to int
        Per year of the figures the year of the division in wijken and buurten they stand on.
    edition : str
        Which edition of the table this is, as far as the file tells; empty when it does not.
    publisher, title, licence : str
        For the source line.
    modelled : bool
        Whether the figures are model estimates, not measurements.
    notes : tuple of str
        Dutch sentences on what a user should know: empty columns, columns that were not used.
    """

    source: str
    frame: pd.DataFrame
    years: tuple[int, ...]
    division: dict[int, int]
    edition: str
    publisher: str
    title: str
    licence: str
    modelled: bool
    notes: tuple[str, ...] = ()


class Head:
    """The first bytes of a file: enough to tell what it is, without reading it.

    Attributes
    ----------
    path : Path
    size : int
        Bytes in the whole file.
    data : bytes
        The first `HEAD_BYTES` bytes.
    """

    def __init__(self, path):
        self.path = Path(path)
        try:
            self.size = self.path.stat().st_size
            with self.path.open("rb") as file:
                self.data = file.read(HEAD_BYTES)
        except OSError as error:
            raise SourceError(f"Het bestand “{self.path.name}” kan ik niet openen.") from error

    @property
    def name(self) -> str:
        """Name of the file, for messages."""
        return self.path.name

    @cached_property
    def encoding(self) -> str:
        """``"utf-8-sig"`` when the head is UTF-8, ``"utf-16"`` with its mark, else ``"cp1252"``."""
        if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        # A letter may be cut in two at the end of the head, but not at the end of the file.
        for cut in range(4 if self.size > len(self.data) else 1):
            try:
                self.data[: len(self.data) - cut].decode("utf-8")
            except UnicodeDecodeError:
                continue
            return "utf-8-sig"
        return "cp1252"

    @cached_property
    def text(self) -> str:
        """The head as text; what cannot be read becomes a replacement mark."""
        return self.data.decode(self.encoding, errors="replace")

    def lines(self, n: int) -> list[str]:
        """First `n` lines of the head, fewer when they do not fit in it."""
        return re.split(r"\r\n|\n|\r", self.text)[:n]

    @property
    def is_zip(self) -> bool:
        """Whether this is a zip file (an .xlsx is one as well)."""
        return self.data.startswith(b"PK\x03\x04")

    @cached_property
    def is_excel(self) -> bool:
        """Whether this is a workbook, whatever the name of the file says."""
        if self.data.startswith(OLE):
            return True
        if not self.is_zip:
            return False
        try:
            with zipfile.ZipFile(self.path) as file:
                return any(name.startswith("xl/workbook.") for name in file.namelist())
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
            # Cut off: the names are at the end of a zip file, so only its own name is left.
            return self.path.suffix.lower() in (".xlsx", ".xlsm")

    @property
    def is_json(self) -> bool:
        """Whether the text starts as JSON."""
        return self.text.lstrip()[:1] in ("{", "[")

    @property
    def is_html(self) -> bool:
        """Whether this is a web page, for instance an error page saved as a table."""
        start = self.text.lstrip()[:200].lower()
        return start.startswith(("<!doctype html", "<html", "<head", "<body"))


def clean(cell) -> str:
    """Return a cell as text without spaces around it, also the unbreakable ones."""
    if isinstance(cell, str):
        return cell.strip(_EDGE)
    if isinstance(cell, float):
        if cell != cell:
            return ""
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return "" if cell is None else str(cell)


def clean_header(cell) -> str:
    """Return the name of a column: unbreakable spaces and newlines become one plain space."""
    return re.sub(r"[\s\u200b\ufeff]+", " ", clean(cell)).strip()


def _fit(head: Head) -> None:
    """Refuse a file that is empty, too large or a web page."""
    if not head.size:
        raise SourceError(f"Het bestand “{head.name}” is leeg. Download het opnieuw.")
    if head.size > MAX_BYTES:
        raise SourceError(f"Het bestand “{head.name}” is te groot om een tabel te kunnen zijn.")
    if head.is_html:
        raise SourceError(
            f"“{head.name}” is een webpagina en geen tabel. Het downloaden is mislukt: doe het "
            "opnieuw."
        )


def read_text(head: Head) -> str:
    """Read a whole text file in the encoding of its head.

    Raises
    ------
    SourceError
        When it is empty, a web page, binary, or has letters of two encodings.
    """
    _fit(head)
    try:
        data = head.path.read_bytes()
    except OSError as error:
        raise SourceError(f"Het bestand “{head.name}” kan ik niet openen.") from error
    wrong = SourceError(
        f"In “{head.name}” staan tekens die ik niet kan lezen. Download het bestand opnieuw en "
        "sla het niet op vanuit een ander programma."
    )
    encodings = ("utf-16",) if head.encoding == "utf-16" else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        # UTF-8 read as cp1252 shows itself as these pairs: letters of two encodings in one file.
        if "\0" in text or (encoding == "cp1252" and re.search("Ã[\x80-¿]|â€", text)):
            raise wrong
        return text
    raise wrong


def read_rows(head: Head, separator: str) -> list[list[str]]:
    """Read a CSV file as rows of text, cells as they are; blank lines are left out.

    Raises
    ------
    SourceError
        When it cannot be read, for instance because it is cut off within quotes.
    """
    return _rows(_whole_text(head), separator, head)


def _whole_text(head: Head) -> str:
    text = read_text(head)
    last = text[_start_of_last_line(text) :]
    # A number cut in two is a number as well, so a last line must be seen to be whole.
    if not last.endswith(("\n", "\r", '"')) and not last.lstrip().startswith("Bron"):
        raise SourceError(
            f"“{head.name}” houdt midden in een regel op. Misschien is het bestand niet helemaal "
            "gedownload: doe dat opnieuw."
        )
    return text


def _start_of_last_line(text: str) -> int:
    end = len(text)
    while end and text[end - 1] in "\r\n":
        end -= 1
    return max(text.rfind("\n", 0, end), text.rfind("\r", 0, end)) + 1


def _rows(text: str, separator: str, head: Head) -> list[list[str]]:
    # The reader stops at a quote that is never closed only when it is strict.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [row for row in reader if row]
    except csv.Error as error:
        raise SourceError(
            f"“{head.name}” kan ik niet lezen als CSV, rond regel {reader.line_num}. Misschien is "
            "het bestand niet helemaal gedownload."
        ) from error


def read_sheet(head: Head, separator: str, skip: Sequence[str] = ()) -> "Sheet":
    """Read a CSV file with the names of its columns on top, and perhaps a footer.

    Parameters
    ----------
    skip : sequence of str
        Names of columns nobody asks for, such as the numbers of the rows.

    Raises
    ------
    SourceError
        As `read_rows`, and when a row has more or fewer cells than the first.
    """
    text, footer = _without_footer(_whole_text(head), separator)
    sheet = _sheet_at_once(text, separator, head.name, skip)
    if sheet is None:
        sheet = Sheet.of_rows(_rows(text, separator, head), head.name)
    sheet.footer = footer
    return sheet


def is_footer(row: Sequence[str]) -> bool:
    """Whether a row is the last line of an export, that names the publisher."""
    return clean(row[0]).startswith("Bron:") and not any(clean(cell) for cell in row[1:])


def _without_footer(text: str, separator: str) -> tuple[str, bool]:
    """Cut off the last line when it is a footer."""
    at = _start_of_last_line(text)
    if "Bron:" in text[at : at + 100]:
        row = next(csv.reader([text[at:].strip()], delimiter=separator), [])
        if row and is_footer(row):
            return text[:at], True
    return text, False


def _sheet_at_once(text: str, separator: str, name: str, skip: Sequence[str]) -> "Sheet | None":
    """Read a regular CSV text with pyarrow, which is fast; None for any other text.

    Arrow forgives what the strict reader of Python refuses, such as a quote that is never closed.
    So it gets only texts of which both certainly make the same cells.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    lines = io.StringIO(text, newline="")
    try:
        titles = next(filter(None, csv.reader(lines, delimiter=separator, strict=True)), [])
    except csv.Error:
        return None
    body = f"\n{text[lines.tell() :]}\n".encode()
    if not body.strip() or not _is_regular(body, separator):
        return None
    header = [clean_header(title) for title in titles]
    names = [str(number) for number in range(len(header))]
    kept = [number for number, title in zip(names, header, strict=True) if title not in skip]
    try:
        table = arrow.read_csv(
            pa.BufferReader(body),
            arrow.ReadOptions(column_names=names, block_size=BLOCK),
            arrow.ParseOptions(delimiter=separator, newlines_in_values=b'"' in body),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=kept,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowException:
        return None  # the slow road says what is wrong, and where
    columns = [Cells.of_arrow(column.chunk(0)) for column in table.combine_chunks().columns]
    return Sheet([header[int(number)] for number in kept], columns, name)


def _is_regular(data: bytes, separator: str) -> bool:
    """Whether every quote opens or closes a whole cell, and every line ends in a usual way."""
    if data.count(b"\r") != data.count(b"\r\n"):
        return False
    if b'"' not in data:
        return True
    letters = np.frombuffer(data, np.uint8)
    edge = np.zeros(256, bool)
    edge[[ord(mark) for mark in ("\r", "\n", separator)]] = True
    within = 0
    for start in range(0, len(letters), BLOCK):  # all at once takes ten times the memory
        quotes = np.flatnonzero(letters[start : start + BLOCK] == ord('"')) + start
        opening, closing = quotes[within::2], quotes[1 - within :: 2]
        if not (edge[letters[opening - 1]].all() and edge[letters[closing + 1]].all()):
            return False
        within = (within + len(quotes)) % 2
    return not within


def read_excel(head: Head) -> list[list]:
    """Read the first sheet of a workbook as rows of cells: text, numbers, or ``""``.

    Raises
    ------
    SourceError
        When it is damaged or protected with a password. What it unpacks to is not looked at here:
        `recognise.check_packed` does that.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    _fit(head)
    damaged = SourceError(
        f"Het Excelbestand “{head.name}” is beschadigd of niet helemaal gedownload. Download het "
        "opnieuw."
    )
    try:
        with CalamineWorkbook.from_path(str(head.path)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except PasswordError as error:
        raise SourceError(
            f"“{head.name}” is beveiligd met een wachtwoord. Sla het op zonder wachtwoord."
        ) from error
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise damaged from error
    if not rows:
        raise SourceError(f"In “{head.name}” staat niets op het eerste blad.")
    return rows


def excel_mentions(head: Head, *words: str) -> bool:
    """Whether one of these words stands early in a workbook, without reading its cells.

    Names of columns are among the first texts that are written, so this is how a reader
    recognises its own workbook.
    """
    found = [word.encode() for word in words]
    if head.data.startswith(OLE):
        try:
            data = head.path.read_bytes() if head.size <= MAX_BYTES else b""
        except OSError:
            return False
        return any(word in data or word.decode().encode("utf-16-le") in data for word in found)
    if not head.is_excel:
        return False
    try:
        with zipfile.ZipFile(head.path) as file:
            for part in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
                if part in file.namelist():
                    with file.open(part) as text:
                        start = text.read(65536)
                    if any(word in start for word in found):
                        return True
    except (OSError, zipfile.BadZipFile, ValueError, RuntimeError, zlib.error):
        return False
    return False


class Cells(Sequence):
    """The cells of one column: each different one once, and where it stands.

    A national table has millions of cells and few different ones, so what is done with a cell is
    done once. Cells are text, or what a workbook or JSON has: numbers, None.

    Parameters
    ----------
    cells : sequence
    name : str
        Of the column, for messages.
    """

    def __init__(self, cells: Sequence, name: str = "?"):
        self.name = name
        self._cells = cells

    @classmethod
    def of(cls, cells: Iterable) -> "Cells":
        """Return the cells of a Series or a list, or these cells themselves."""
        if isinstance(cells, Cells):
            return cells
        name = getattr(cells, "name", None) or "?"
        return cls(cells.tolist() if isinstance(cells, pd.Series) else list(cells), name)

    @classmethod
    def of_arrow(cls, texts, name: str = "?") -> "Cells":
        """Return cells that are all text, from what Arrow has read."""
        cells = cls((), name)
        cells._arrow = texts
        return cells

    def named(self, name: str) -> "Cells":
        """Return these cells with the name of their column."""
        self.name = name
        return self

    @cached_property
    def kinds(self) -> set[type]:
        """What is in the cells: text, numbers, None."""
        return set(map(type, self._cells))

    @cached_property
    def _arrow(self):
        """All cells as an Arrow array, None when they are not all text."""
        import pyarrow as pa

        if self.kinds == {str}:
            with contextlib.suppress(UnicodeError, pa.ArrowException):  # half a letter, in JSON
                return pa.array(self._cells, pa.string())
        return None

    @cached_property
    def _mostly_different(self) -> bool:
        """Whether putting the same texts together would only cost time."""
        if self._arrow is None or len(self._arrow) < SAMPLE:
            return False
        some = self._arrow.take(np.linspace(0, len(self._arrow) - 1, SAMPLE).astype(int))
        return len(some.unique()) > 0.95 * SAMPLE

    @cached_property
    def _once(self) -> tuple:
        """The different cells, as a list or an Arrow array, and the place of each row's cell."""
        if self._arrow is not None:
            found = self._arrow.dictionary_encode()
            return found.dictionary, found.indices.to_numpy()
        # In Python a true is equal to 1, and would disappear behind it.
        if bool in self.kinds or self.kinds <= {int, float, type(None)}:
            return self._cells, np.arange(len(self._cells))
        number = {cell: place for place, cell in enumerate(dict.fromkeys(self._cells))}
        places = np.fromiter(map(number.__getitem__, self._cells), np.int32, len(self._cells))
        return list(number), places

    @property
    def different(self) -> list:
        """Each different cell, in the order in which they first stand there."""
        return self._once[0] if self._arrow is None else self._once[0].to_pylist()

    @property
    def places(self) -> np.ndarray:
        """For each row the number of its cell in `different`."""
        return self._once[1]

    def texts(self):
        """Return an Arrow array of the texts, stripped, without those that mean missing."""
        import pyarrow.compute as pc

        texts = self._arrow if self._mostly_different else self._once[0]
        if self._arrow is None:
            written = texts if str in self.kinds else []
            texts = _array([cell for cell in written if isinstance(cell, str)], self.name)
        texts = pc.utf8_trim(texts, _EDGE)
        return texts.filter(pc.invert(_missing(texts)))

    def numbers(self, form: str, decimal: str, thousands: str) -> np.ndarray:
        """Return the number in each cell, NaN for missing; see the function `numbers`."""
        if self._mostly_different:
            return _values(self._arrow, form, decimal, thousands, self.name)
        if self._arrow is not None:
            return _values(self._once[0], form, decimal, thousands, self.name)[self.places]
        if bool in self.kinds:
            raise SourceError(
                f"In de kolom “{self.name}” staat waar of onwaar in plaats van een getal."
            )
        cells = self.different
        if odd := self.kinds - {str, int, float, type(None), type(pd.NA)}:
            raise _no_number(self.name, clean(next(c for c in cells if type(c) in odd)))
        if str not in self.kinds:
            where, numeric = [], cells
        else:  # the texts get their numbers below
            where = [place for place, cell in enumerate(cells) if isinstance(cell, str)]
            numeric = [cell if isinstance(cell, int | float) else None for cell in cells]
        if type(pd.NA) in self.kinds:
            numeric = [None if cell is pd.NA else cell for cell in numeric]
        values = np.array(numeric, float)
        if np.isinf(values).any():
            raise SourceError(f"In de kolom “{self.name}” staat een oneindig getal.")
        if where:
            texts = _array([cells[place] for place in where], self.name)
            values[where] = _values(texts, form, decimal, thousands, self.name)
        return values[self.places]

    def map(self, read: Callable) -> pd.Series:
        """Return what `read` makes of each cell, asking it once for each different one."""
        values = [read(cell) for cell in self.different]
        if all(type(value) is str for value in values):
            return pd.Series(pd.array(values, dtype="str").take(self.places), name=self.name)
        return pd.Series(np.array(values)[self.places], name=self.name)

    def __len__(self) -> int:
        return len(self._cells) if self._arrow is None else len(self._arrow)

    def __getitem__(self, row):
        return self._cells[row] if self._arrow is None else self._arrow[row].as_py()

    def __iter__(self):
        return iter(self._cells if self._arrow is None else self._arrow.to_pylist())


@dataclass
class Sheet:
    """A table with names on top: cells per column, names that may be there twice.

    Attributes
    ----------
    header : list of str
    columns : list of Cells
    name : str
        Of the file, for messages.
    footer : bool
        Whether a last line named the publisher; it is not in the columns.
    """

    header: list[str]
    columns: list[Cells]
    name: str
    footer: bool = False

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence], name: str) -> "Sheet":
        """Return rows, of which the first has the names, as columns.

        Raises
        ------
        SourceError
            When a row has more or fewer cells than the header.
        """
        header = [clean_header(cell) for cell in rows[0]] if rows else []
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(header):
                raise SourceError(
                    f"In “{name}” is rij {number} niet volledig. Misschien is het bestand niet "
                    "helemaal gedownload: doe dat opnieuw."
                )
        if len(rows) < 2:
            raise SourceError(f"In “{name}” staan geen cijfers.")
        return cls(header, list(map(Cells, map(list, zip(*rows[1:], strict=True)))), name)

    def keep(self, numbers: Iterable[int]) -> "Sheet":
        """Return only these columns."""
        numbers = list(numbers)
        header, columns = ([part[n] for n in numbers] for part in (self.header, self.columns))
        return Sheet(header, columns, self.name, self.footer)

    def by_name(self) -> dict[str, Cells]:
        """Return the columns by name; `SourceError` when a name is there twice."""
        double = sorted({title for title in self.header if title and self.header.count(title) > 1})
        if double:
            raise SourceError(f"In “{self.name}” staat de kolom “{double[0]}” twee keer.")
        return {
            title: cells.named(title)
            for title, cells in zip(self.header, self.columns, strict=True)
        }


# Numbers

NOTATIONS = ((".", ""), (",", ""), (",", "."), (".", ","))


def number_form(decimal: str, thousands: str = "", whole: bool = False, small: bool = False) -> str:
    """Return the pattern of a number in a notation; see `numbers`."""
    # A number never starts with a nought before another digit or before a thousands mark.
    digits = rf"(?:0|[1-9]\d{{0,2}}(?:\{thousands}\d{{3}})*)" if thousands else r"(?:0|[1-9]\d*)"
    # R writes 100000 as 1e+05; Excel's 1,02E+06 has lost digits and is refused.
    power = r"|-?\d(?:\.\d+)?e\+\d\d" if (decimal, thousands) == (".", "") else ""
    part = rf"(?:\{decimal}\d+)?"
    if whole:
        # 517.0 is how a program writes a whole number; 2.000 is more likely two thousand.
        part = "" if thousands else rf"(?:\{decimal}0)?"
    if small:
        part += r"(?:[eE]-\d\d)?"
    return f"-?{digits}{part}{power}"


def is_missing(cell) -> bool:
    """Whether a cell says that there is no figure; a nought is a figure."""
    if isinstance(cell, str):
        return clean(cell) in MISSING
    return cell is None or cell != cell


def numbers(
    texts: Iterable,
    decimal: str = ".",
    thousands: str = "",
    *,
    sentinels: bool = False,
    whole: bool = False,
    small: bool = False,
) -> pd.Series:
    """Turn cells into numbers, all in one notation.

    Parameters
    ----------
    texts : Series or other iterable
        Text, or numbers as a workbook has them, which stay as they are.
    decimal, thousands : str
        The notation. With a thousands mark it must stand wherever it belongs: 1234 is refused.
    sentinels : bool
        Whether numbers of `SENTINEL` and lower mean "not there".
    whole : bool
        Whether the figures are counts: then 3,5 is refused, and 2,000 as well.
    small : bool
        Whether a program may have written them as -2.57e-05.

    Returns
    -------
    Series of float
        NaN where there is no figure.

    Raises
    ------
    SourceError
        When a cell is neither a number in this notation nor a sign for missing.
    """
    cells = Cells.of(texts)
    values = cells.numbers(number_form(decimal, thousands, whole, small), decimal, thousands)
    if whole and (odd := next(iter(values[values % 1 > 0]), None)):
        raise SourceError(
            f"In de kolom “{cells.name}” staat {str(odd).replace('.', ',')}, maar het is een "
            "aantal. Gebruik het bestand zoals het is gedownload."
        )
    if sentinels:
        values = np.where(values <= SENTINEL, np.nan, values)
    index = texts.index if isinstance(texts, pd.Series) else None
    return pd.Series(values, index=index, name=getattr(texts, "name", None), dtype=float)


def _values(texts, form: str, decimal: str, thousands: str, name: str) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim(texts, _EDGE)
    texts = pc.if_else(_missing(texts), pa.scalar(None, pa.string()), texts)
    fits = pc.match_substring_regex(texts, rf"\A(?:{form})\z")
    if not pc.all(fits, min_count=0).as_py():
        raise _no_number(name, texts[pc.index(fits, False).as_py()].as_py())
    if thousands:
        texts = pc.replace_substring(texts, thousands, "")
    if decimal != ".":
        texts = pc.replace_substring(texts, decimal, ".")
    return texts.cast(pa.float64()).to_numpy(zero_copy_only=False)


def _missing(texts):
    import pyarrow.compute as pc

    return pc.is_in(texts, value_set=_missing_texts())


@cache
def _missing_texts():
    import pyarrow as pa

    return pa.array(sorted(MISSING))


def _array(texts: list[str], name: str):
    import pyarrow as pa

    try:
        return pa.array(texts, pa.string())
    except (UnicodeError, pa.ArrowException) as error:  # half a letter, that JSON can hold
        raise _no_number(name, ascii(texts[0])) from error


def _no_number(name: str, text: str) -> SourceError:
    return SourceError(
        f"In de kolom “{name}” staat “{text}”. Dat kan ik niet als getal lezen. Gebruik het "
        "bestand zoals het is gedownload."
    )


def below_nought(values: pd.Series) -> pd.Series:
    """Whether a number has a minus sign; a nought with one is damaged too."""
    return values.notna() & np.signbit(values)


def column_notation(texts: Iterable, *, whole: bool = False) -> tuple[str, str]:
    """Decide how the numbers of a column are written.

    Every notation in which all cells are numbers is tried. When they give different numbers, as
    for a column with only 1.369 and 510, the column is ambiguous and refused.

    Parameters
    ----------
    texts : Series or other iterable
    whole : bool
        Whether the figures are known to be whole numbers (a count): this rules notations out.

    Returns
    -------
    decimal, thousands : str
    """
    return notation_of([(texts, whole)])


def same_form(cells: Cells, *, whole: bool = False, fixed: bool = False) -> None:
    """Refuse a column in which a mark was added to or lost from some of its numbers.

    Parameters
    ----------
    whole : bool
        Whether it counts. A program writes all its counts as 510.0, or none: 51.0 beside 92 may
        have been 510.
    fixed : bool
        Whether the publisher writes as many decimals everywhere.
    """
    import pyarrow.compute as pc

    texts = cells.texts()
    texts = texts.filter(pc.invert(pc.starts_with(texts, "-999")))  # sentinels
    if fixed and not whole:
        signs = pc.utf8_length(pc.replace_substring_regex(texts, r"^[^.,]*[.,]?", ""))
    elif whole:
        texts = texts.filter(pc.invert(pc.match_substring(texts, "e")))
        signs = pc.match_substring_regex(texts, r"^[^.,]*[.,]0$").cast("int8")
    else:
        return
    low, high = pc.min_max(signs).values()
    if low != high:
        one, other = (texts[pc.index(signs, found).as_py()].as_py() for found in (low, high))
        raise SourceError(
            f"In de kolom “{cells.name}” staat “{one}” naast “{other}”. Het bestand lijkt "
            "opgeslagen vanuit een ander programma: gebruik het zoals het is gedownload."
        )


def notation_of(columns: Iterable[tuple[Iterable, bool]]) -> tuple[str, str]:
    """Decide the one notation of several columns together, as `column_notation` of one.

    Parameters
    ----------
    columns : iterable of (texts, whole)
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    given = [(Cells.of(texts), whole) for texts, whole in columns]
    name = given[-1][0].name if given else "?"
    found = [(column.texts(), whole) for column, whole in given]
    empty = pa.array([], pa.string())
    # The different cells in their order, so that the message names the first wrong one.
    cells = pa.chunked_array([texts for texts, _ in found] or [empty], pa.string()).unique()
    wholes = pa.chunked_array([t for t, whole in found if whole] or [empty], pa.string()).unique()
    plain, whole_cells = (Cells.of_arrow(t, name) for t in (cells, wholes))
    marks = {m for m in ".," if pc.any(pc.match_substring(cells, m), min_count=0).as_py()}
    if not marks:
        numbers(plain)
        return NOTATIONS[0]  # without a mark all notations agree
    ways: list[tuple[np.ndarray, tuple[str, str]]] = []
    for notation in NOTATIONS:
        # Without its thousands mark a notation says no more than the one that has none.
        if not marks <= set(notation) or not {notation[1]} <= {"", *marks}:
            continue
        try:
            numbers(whole_cells, *notation, whole=True)
            values = numbers(plain, *notation).to_numpy()
        except SourceError:
            continue
        if not any(np.array_equal(values, other) for other, _ in ways):
            ways.append((values, notation))
    if len(ways) == 1:
        return ways[0][1]
    cells = cells.to_pylist()
    if ways:
        doubt = next(cell for cell in cells if re.search(r"[.,]", cell))
        raise SourceError(
            f"In de kolom “{name}” kan “{clean(doubt)}” twee getallen betekenen: met een punt of "
            "komma voor duizendtallen, of voor decimalen. Gebruik het bestand zoals het is "
            "gedownload, met meer kolommen."
        )
    forms = [re.compile(number_form(*notation), re.ASCII) for notation in NOTATIONS]
    wrong = next((c for c in cells if not any(form.fullmatch(c) for form in forms)), None)
    if wrong is not None:
        raise SourceError(
            f"In de kolom “{name}” staat “{clean(wrong)}”. Dat kan ik niet als getal lezen."
        )
    raise SourceError(
        f"In de kolom “{name}” zijn de getallen op meer dan één manier geschreven. Gebruik het "
        "bestand zoals het is gedownload; sla het niet op vanuit een ander programma."
    )


# Codes and years

LEVEL = {"NL": "land", "GM": "gemeente", "WK": "wijk", "BU": "buurt"}
FORM = {level: re.compile(form, re.ASCII) for level, form in CODE_FORM.items()}


def level_of(code: str) -> str:
    """Return ``land``, ``gemeente``, ``wijk`` or ``buurt``; `SourceError` for another code."""
    level = LEVEL.get(code[:2], "")
    if not level or not FORM[level].fullmatch(code):
        raise SourceError(
            f"“{code}” is geen code van een gemeente, wijk of buurt. Open het bestand niet in "
            "Excel voordat je het inleest: dan kunnen codes veranderen."
        )
    return level


def check_unique(frame: pd.DataFrame, keys: list[str]) -> None:
    """Refuse a table with two rows of the same region and year."""
    double = frame.duplicated(keys)
    if double.any():
        row = frame.loc[double, keys].iloc[0]
        what = ", ".join(str(value) for value in row)
        raise SourceError(f"In het bestand staat twee keer een rij voor {what}.")


def year_in(text: str, first: int = 2000, last: int = 2039) -> int | None:
    """Return the year in a title or the name of a file; None for no year, or several.

    A date, as in ``kwb2020_2021-03-26.csv``, is not taken for the year of the figures.
    """
    text = re.sub(
        r"(?<!\d)20\d\d[-_.]\d\d[-_.]\d\d(?!\d)|(?<!\d)\d\d[-_.]\d\d[-_.]20\d\d(?!\d)", "", text
    )
    years = {int(found) for found in re.findall(r"(?<!\d)(20\d\d)(?!\d)", text)}
    years = {year for year in years if first <= year <= last}
    return years.pop() if len(years) == 1 else None
