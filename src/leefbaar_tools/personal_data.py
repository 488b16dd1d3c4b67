"""Recognises what may point to a person, so that it can be left out of an answer.

It looks for forms, not for names: a telephone number, an e-mail address, a BSN, a bank
account, a postcode with its house number. Better to miss an odd spelling than to cry
wolf over ordinary workshop text, such as counts, amounts, years and dates.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_DUTCH = {
    "email": "een e-mailadres",
    "iban": "een bankrekening",
    "phone": "een telefoonnummer",
    "address": "een adres",
    "bsn": "een burgerservicenummer (BSN)",
    "house": "een huisnummer of postcode",
    "person": "de naam van een persoon",
    "date": "een datum van een dag, zoals een geboortedatum",
}

_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,}")

_IBAN_START = re.compile(r"(?<!\w)[A-Za-z]{2} ?\d{2}(?=[ .-]?\w)")

# As people write it: 123456782, 1112.22.333, 111 222 333; with 8 digits the first 0 is left out.
_BSN = re.compile(
    r"""
    (?<! [\w/=] ) (?<! \d[.,-] )
    (?: \d{8,9}
      | (?<! \d[ ] ) (?: \d{4} ([ .-]) \d\d \1 \d{3}
                     | \d{3} ([ .-]) \d\d \2 \d{3}
                     | \d{2,3} ([ .-]) \d{3} \3 \d{3} ) (?! [ ]\d )
    )
    (?! \w | [.,/-]\d )
    """,
    re.VERBOSE,
)
_MONEY_BEFORE = re.compile(r"(?:€|\beuro?)\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s*(?:€|euro?\b|,-)", re.IGNORECASE)
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_DIGITS_OF_A_DAY = f"{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR}"
_DATES = re.compile(f"{_DIGITS_OF_A_DAY}|{_YEAR}{_YEAR}")

_TWO_LETTERS = (
    r"(?: a[flt] | b[ijv] | [cdhkm]m | de | e[nrx] | ga | h[ae] | i[kns] | j[ae] | k[gw]"
    r"  | la | m[egl] | n[au] | o[fmp] | pm | t[eo] | uw | w[eo] | z[aeo] )"
)
_POSTCODE = re.compile(
    rf"""
    (?<! \w ) (?<! \d[.,] ) [1-9]\d{{3}}
    # behind a year or an amount, with a space and no capitals, these are words
    (?! [ ] {_TWO_LETTERS} (?! \w ) )
    [ ]? [A-Za-z]{{2}} (?! \w )
    """,
    re.VERBOSE,
)
_HOUSE = rf"(?! {_YEAR}\b ) [1-9]\d{{0,4}} (?: [ ]? (?: [A-Z] | hs | bis ) \b | - \w{{1,3}} )?"
_HOUSE_AFTER = re.compile(
    rf"""
    [\s,;:]{{0,3}} (?: (?: nr | nummer | huisnummer ) \b [.:]?[ ]? )? {_HOUSE} (?! \w | [.,:]\d )
    # a number of something
    (?! [ ]? (?: % | × | x\b | van\b | keer\b | uur\b | huizen | woning | adres | deur | huishoud
               | melding | bewoner | mensen ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HOUSE_BEFORE = re.compile(
    rf"(?<! [\w.,:/€-] ) (?<! €[ ] ) {_HOUSE} [\s,;]{{1,3}} (?: postcode:?[ ] )? $",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """Something that may point to a person.

    Attributes
    ----------
    kind : str
        ``email``, ``iban``, ``phone``, ``address`` or ``bsn``; from `find_in_cell` also
        ``house``, ``person`` and ``date``.
    text : str
        The part of the text that shows it, as typed.
    """

    kind: str
    text: str


def find_personal_data(text: str) -> list[Found]:
    """Return what in `text` may point to a person, in the order of the text.

    One piece of text counts once: digits within a bank account are no telephone number.
    """
    taken: list[tuple[int, int, str]] = []
    searches = {
        "email": _emails,
        "iban": _ibans,
        "phone": _phones,
        "address": _addresses,
        "bsn": _bsns,
    }
    if sum(sign.isdigit() for sign in text) < 5:
        # No number is this short: spares most answers the loading of the number tables.
        del searches["iban"], searches["phone"], searches["address"], searches["bsn"]
    for kind, search in searches.items():
        for start, end in search(text):
            if all(end <= begin or stop <= start for begin, stop, _ in taken):
                taken.append((start, end, kind))
    return [Found(kind, text[start:end]) for start, end, kind in sorted(taken)]


def describe(found: Found) -> str:
    """Say in Dutch what was found, masked for the most part, and what to do."""
    if found.kind == "email":
        masked = f"{found.text[0]}…@{found.text.rpartition('@')[2]}"
    else:
        masked = f"{found.text[:3]}…{found.text[-2:]}"
    return f"Ik zie iets dat lijkt op {_DUTCH[found.kind]} ({masked}). Laat dat hier liever weg."


# Cells of a table of complexes and streets: there a number behind a word is a house number, and
# ordinary text about counts, which the forms above leave room for, does not stand.

_STREET = (
    r"(?:straat|str\.|laan|weg|pad|dijk|kade|gracht|singel|plein|hof|hoek|steeg|dreef|plantsoen|park"
    r"|ring|wal|markt|haven|oord|veld|brink|stede|burg|erf|akker|kamp|baan|dam|gaarde|pleintje)"
)
_BUILDING = (
    *("complex", "compl", "cpl", "flat", "blok", "fase", "toren", "gebouw", "cluster", "project"),
    *("deel", "plan", "veld", "vlek", "seniorenflat", "wooncomplex", "woontoren", "bouwjaar"),
)
# Of one dwelling or one floor the number is a door.
_AMOUNT = (
    r"(?! [ ]? (?: \w*woningen | \w*appartementen | \w*eenheden | \w*huizen | \w*flats | torens"
    r"           | studio['’]?s | etages"
    r"           | e[ ]? (?: fase | deel | blok ) ) (?! \w ) )"
)
_NUMBER = re.compile(
    rf"""
    (?<! [^\W\d_] ) (?P<word> [^\W\d_]+ )
    (?P<between> [\W_]* (?: (?:huis)? (?:nr|nummer) [\W_]* )? )
    (?P<house> \d{{1,5}} ) (?! \d ) {_AMOUNT}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_IN_A_CODE = re.compile(r"[-.:/#_–]*")  # between the letters and the number of a code
_STREET_BEHIND = re.compile(
    rf"(?<![\w,.-])\d{{1,5}} ?(?!e\b|de\b|ste\b)[a-z]?,? +[\w'’.-]*{_STREET}(?!\w)", re.IGNORECASE
)
_HAS_STREET = re.compile(rf"{_STREET}(?!\w)", re.IGNORECASE)
# A street named after somebody; Van der Laan and Bakker are surnames.
_NAMED_STREET = re.compile(
    r"\w{3}(?:straat|str\.|laan|weg|plein|gracht|singel|kade|dreef|plantsoen|steeg|flat)(?!\w)",
    re.I,
)
_OF_A_YEAR = re.compile(
    r"""
    (?:plein|laan|park) [ ]
    (?: (?:1[5-9]|20)\d\d (?: [ ]?[-–][ ]? (?:\d\d){1,2} )? | ['’‘]\d\d [ ]?[-–][ ]? ['’‘]\d\d )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_POSTCODE_CELL = re.compile(
    rf"""
    (?<! \w ) [1-9]\d{{3}}
    (?: [ ]* [A-Z]{{2}} (?! [A-Z] )
      | [a-z]{{2}} (?! [a-z] )
      | [ ]+ (?! (?i: {_TWO_LETTERS} ) \b ) (?i: [a-z]{{2}} ) (?! \w ) )
    # in a longer code these are parts like any other
    | (?<! [\w./-] ) [1-9]\d{{3}} [ ]*-[ ]* (?! {_TWO_LETTERS} \b ) (?i: [a-z]{{2}} ) (?! \w )
    """,
    re.VERBOSE,
)
_PARTICLE = r"(?: van | de | der | den | het | ter | ten | te | ['’‘]t | el | al | la | von )"
_INITIAL = r"(?: (?: Th | Chr? | Ph | Joh | IJ | [^\W\d_] ) \. [ -]? )"
_SURNAME = r"(?P<name> (?: [^\W\d_] ['’] )? [^\W\d_] [\w'’]+ \.? )"
_BEFORE_SURNAME = rf"(?: {_PARTICLE} [ ] )* {_SURNAME}"
_TITLE = re.compile(
    rf"""
    (?<! \w ) (?: dhr | de[ ]heer | hr | meneer | mevrouw | mevr | mw | mej | fam | familie | erven
                | (?P<role> gezin | bewoner | bewoonster | huurder | huurster | wed | weduwe
                          | weduwnaar ) ) (?! \w )
    [.:\s("“„]+ (?: {_INITIAL} | (?: dr | mr | ir | prof | ds ) \.? [ ] )* (?: {_PARTICLE} [ ] )*
    (?P<name> [^\W\d_] [\w'’]* \.? )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_INITIALS_FIRST = re.compile(
    rf"(?<! \w ) (?P<initials> {_INITIAL}{{1,5}} ) {_BEFORE_SURNAME}", re.VERBOSE | re.IGNORECASE
)
_INITIALS_LAST = re.compile(
    rf"""
    (?<! [\w.] ) {_SURNAME} (?P<comma> \s*[,(]\s* | \s+ ) (?P<initials> {_INITIAL}{{1,5}} )
    (?: {_PARTICLE} (?! \w ) [ ]* )* (?= [ ]* (?: $ | [,;/()+&-] ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A cell, or a part of it, begins behind these.
_BEGINNING = re.compile(r"(?: ^ | [,;:/(+&] ) \s* $", re.VERBOSE)
# Letters with dots that are no initials: sides of a street, firms, other abbreviations.
_ABBREVIATED = frozenset(
    (
        *("NZ", "ZZ", "OZ", "WZ", "NO", "NW", "ZO", "ZW", "BV", "NV", "VOF"),
        *("nz", "zz", "oz", "wz", "bv", "nv", "va", "vd", "vh", "ad", "od"),
        *("eo", "oa", "ea", "ed", "cs", "nb", "nvt", "io", "tm", "mn", "dwz"),
        *("tbv", "tgv", "muv", "ivm", "iom"),
    )
)
_A_DAY = re.compile(
    rf"""
    (?<! \d ) (?: \d\d? [-/.\ ] \d\d? [-/.\ ] ['’‘]? (?:19|20)? \d\d
                | (?:19|20) \d\d [-/.] \d\d? [-/.] \d\d?
                | \d\d? [ -]? (?: jan | feb | maart | mrt | apr | mei | jun | jul | aug | sep | okt
                                | nov | dec ) [a-z]* \.? [ -] ['’‘]? (?:19|20)? \d\d
                | (?<! \w ) (?: {_DIGITS_OF_A_DAY} ) (?! \w ) ) (?! \d )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def find_in_cell(text: str, code: bool = False) -> str:
    """Return what a cell of a table of complexes or streets may show of a person.

    Stricter than `find_personal_data`: there is no ordinary text around it. A street is fine, a
    street with a house number is not.

    Parameters
    ----------
    text : str
        The cell, without spaces around it.
    code : bool
        Whether it is a code: there a number behind a few letters is ordinary.

    Returns
    -------
    str
        The kind, as in `Found`; empty when there is nothing.
    """
    # Spaces of every kind are one, and an accent may be a letter of its own.
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\s+", " ", "".join(c for c in text if unicodedata.category(c) != "Cf"))
    # A spreadsheet leaves out the nought of a telephone number and the plus of a country.
    forms = [text]
    bare = re.sub(r"[\s.\-/]", "", text.removesuffix(".0"))
    if bare.isdecimal() and 8 <= len(bare) <= 13:
        from stdnum.nl import bsn

        if len(bare) < 10 and bsn.is_valid(bare):
            return "bsn"  # here also when it ends in 000 or could be a date
        forms += [bare, f"0{bare}", f"+{bare}"]
    for form in forms:
        found = find_personal_data(form)
        if found:
            return found[0].kind
    day = _A_DAY.search(text)
    # 10.01.02 is how a code is written.
    if day and not (code and re.fullmatch(r"\d\d?\.\d\d?\.\d\d?", day[0])):
        return "date"
    if _house_number(text, code):
        return "house"
    return "person" if _person(text, code) else ""


def kind_in_words(kind: str) -> str:
    """Return Dutch words for a kind: ``"een e-mailadres"``."""
    return _DUTCH[kind]


def _house_number(text: str, code: bool) -> bool:
    if _POSTCODE_CELL.search(text) or _STREET_BEHIND.search(text):
        return True
    if _OF_A_YEAR.fullmatch(text):
        return False
    building = False
    for match in _NUMBER.finditer(text):
        word = match["word"].lower()
        # Blok 3 en 4, blok 1 t/m 6.
        building = word in _BUILDING or (building and word in ("en", "m", "tot"))
        if building:
            continue
        street = _HAS_STREET.search(match["word"] + ("." if "." in match["between"] else ""))
        around = text[match.start("house") - 1 : match.end("house") + 1]
        if not street and re.fullmatch(rf"\({_YEAR}\)", around):
            continue  # when it was built
        spaced = not _IN_A_CODE.fullmatch(match["between"])
        # LIN 012 is a code; De Run 12 is a door.
        words = re.findall(r"[^\W\d_]+", text[: match.end("word")])
        if street or not code or (spaced and (len(word) > 3 or len(words) > 1)):
            return True
    return False


def _person(text: str, code: bool) -> bool:
    return (
        any(_is_behind_title(m) for m in _TITLE.finditer(text))
        or any(_is_behind_initials(m, code) for m in _INITIALS_FIRST.finditer(text))
        or any(_is_before_initials(m) for m in _INITIALS_LAST.finditer(text))
    )


def _is_place(name: str) -> bool:
    """Whether this is a street named after somebody, or a building."""
    return name.rstrip(".").lower() in _BUILDING or bool(_NAMED_STREET.search(name))


def _is_behind_title(match: re.Match) -> bool:
    name = match["name"]
    if match[0].startswith("HR ") or _is_place(name):  # HR ketel is no man
        return False
    # “Bewoner belde” is the beginning of a story.
    return not match["role"] or name[0].isupper() or match[0] == match.string


def _is_behind_initials(match: re.Match, code: bool) -> bool:
    name, letters = match["name"], re.findall(r"[^\W\d_]+", match["initials"])
    if _is_place(name):
        return False
    if all(one[0].isupper() for one in letters) and name[0].isupper() and not name[1].isupper():
        return True
    # In other letters it may be anything, unless the cell begins with it. A code has no spaces.
    return (
        bool(_BEGINNING.search(match.string[: match.start()]))
        and "".join(letters) not in _ABBREVIATED
        and (" " in match[0] or not code)
    )


def _is_before_initials(match: re.Match) -> bool:
    name, letters = match["name"], re.findall(r"[^\W\d_]+", match["initials"])
    if _is_place(name) or "".join(letters) in _ABBREVIATED:
        return False
    return bool(match["comma"].strip()) or name[0].isupper() or match.start() == 0


def _emails(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    from stdnum import iban

    for start in _IBAN_START.finditer(text):
        # Its length follows from the country; the words behind it may look like more of it.
        for end in re.finditer(r"[ .-]?[A-Za-z0-9]", text[start.end() : start.end() + 60]):
            stop = start.end() + end.end()
            whole = not text[stop : stop + 1].isalnum()
            if whole and iban.is_valid(text[start.start() : stop], check_country=False):
                yield start.start(), stop
                break


def _phones(text: str) -> Iterator[tuple[int, int]]:
    import phonenumbers
    from phonenumbers import PhoneNumberType

    # Numbers for everyone are nobody's: the police 0900-8844, a free line 0800-1234, a town 14 030.
    public = {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.SHARED_COST,
    }
    for match in phonenumbers.PhoneNumberMatcher(text, "NL"):
        number = match.number
        if number.national_number > 99_999 and phonenumbers.number_type(number) not in public:
            yield match.start, match.end


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in _POSTCODE.finditer(text):
        before = _HOUSE_BEFORE.search(text, max(0, match.start() - 30), match.start())
        after = _HOUSE_AFTER.match(text, match.end())
        if before or after:
            yield (
                before.start() if before else match.start(),
                after.end() if after else match.end(),
            )


def _bsns(text: str) -> Iterator[tuple[int, int]]:
    from stdnum.nl import bsn

    for match in _BSN.finditer(text):
        number = match[0]
        ordinary = (
            number.endswith("000")
            or _DATES.fullmatch(number)
            or _MONEY_BEFORE.search(text[max(0, match.start() - 8) : match.start()])
            or _MONEY_AFTER.match(text, match.end())
        )
        if not ordinary and bsn.is_valid(number):
            yield match.span()
