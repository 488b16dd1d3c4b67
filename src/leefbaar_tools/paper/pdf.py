"""From a document to PDF: A4, tagged, PDF/UA-1."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from .letters import MISSING, font_folder, printable
from .prepare import WORDS, prepared
from .tree import Document, encode, level_headings

_HERE = Path(__file__).parent
_TEMPLATES = {"booklet": "handout.typ", "page": "page.typ", "cards": "cards.typ"}


@cache
def _compiler():
    """Return the compiler; reading the fonts takes longer than making a booklet."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()]
    )
    return typst.Compiler(root=_HERE, font_paths=fonts)


class _Letters:
    """Makes text printable and remembers whether anything had to be replaced."""

    replaced = False

    def __call__(self, text: str) -> str:
        result = printable(text)
        self.replaced |= result.count(MISSING) > text.count(MISSING)
        return result


def _numbered(part: Any, links: list[str]) -> list[str]:
    """Give every link the number under which its address stands on the last page."""
    if isinstance(part, list):
        for one in part:
            _numbered(one, links)
    elif isinstance(part, dict):
        if part.get("type") == "Link" and part["text"] != part["url"]:
            if part["url"] not in links:
                links.append(part["url"])
            part["number"] = links.index(part["url"]) + 1
        for value in part.values():
            _numbered(value, links)
    return links


def to_pdf(document: Document) -> bytes:
    """Make the PDF of a document; the same document gives the same bytes.

    Whatever the text holds, it is printed: letters outside DejaVu Sans become ``□``, and
    the last page then says so.
    """
    letters = _Letters()
    content = prepared(encode(document), letters)
    content["blocks"] = prepared(encode(level_headings(document.blocks)), letters)
    content["links"] = _numbered(content["blocks"], [])
    content["title"] = content["title"].strip() or MISSING
    content["words"] = WORDS
    content["replaced"] = letters.replaced
    return _compiler().compile(
        _HERE / _TEMPLATES[document.layout],
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"document": json.dumps(content)},
    )


def page_count(pdf: bytes) -> int:
    """Return how many pages there are in what :func:`to_pdf` made.

    Never too few; an alt text that looks like the start of a page may count as one.
    """
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
