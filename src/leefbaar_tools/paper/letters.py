"""Which letters the letter of every PDF has, and what becomes of the others."""

import unicodedata
from functools import cache
from pathlib import Path

MISSING = "□"

# Whatever breaks a line breaks it the same way everywhere.
_BREAKS = dict.fromkeys(map(ord, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n") | {9: " "}

# The slanted styles have fewer letters; handout.typ leaves those scripts upright.
_STYLES = ("", "-Bold")


def font_folder() -> Path:
    """Return the folder with DejaVu Sans, which matplotlib brings along."""
    import matplotlib

    return Path(matplotlib.get_data_path(), "fonts", "ttf")


class _Clean(dict):
    """Translation table that replaces what is no character at all, such as controls."""

    def __missing__(self, code: int) -> str:
        kind = unicodedata.category(chr(code))
        self[code] = result = self.judge(code, kind)
        return result

    def judge(self, code: int, kind: str) -> str:
        return MISSING if kind in ("Cc", "Cs", "Cn") else chr(code)


class _Printable(_Clean):
    """The same, and also what DejaVu Sans lacks, upright or bold."""

    def __init__(self):
        super().__init__(_BREAKS)
        from matplotlib.ft2font import FT2Font

        maps = (
            FT2Font(str(font_folder() / f"DejaVuSans{style}.ttf")).get_charmap()
            for style in _STYLES
        )
        self.glyphs = frozenset.intersection(*map(frozenset, maps))

    def judge(self, code: int, kind: str) -> str:
        # Joiners, direction marks and variation selectors are invisible: nothing is lost.
        if kind == "Cf" or unicodedata.name(chr(code), "").startswith("VARIATION SELECTOR"):
            return ""
        if code not in self.glyphs or kind == "Co":
            return MISSING
        return super().judge(code, kind)


_clean_table = _Clean(_BREAKS)
_printable_table = cache(_Printable)


def clean(text: str) -> str:
    """Replace control characters and halves of characters; keep everything else."""
    return text.replace("\r\n", "\n").translate(_clean_table)


def printable(text: str) -> str:
    """Replace what DejaVu Sans cannot show by ``□``.

    PDF/UA refuses a document with one missing glyph. Accents are composed first, as
    more composed letters have a glyph.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "\n".join(map(_on_a_letter, composed.translate(_printable_table()).split("\n")))


def _on_a_letter(line: str) -> str:
    """Put an accent that begins a line on a space: Typst gives it no glyph otherwise."""
    return "\u00a0" + line if line and unicodedata.category(line[0])[0] == "M" else line
