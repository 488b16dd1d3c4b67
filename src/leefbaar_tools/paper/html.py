"""From blocks to HTML: a fragment for a notebook, a page of its own for a document."""

from base64 import b64encode
from functools import cache
from pathlib import Path

from .letters import clean
from .prepare import WORDS, prepared
from .tree import Block, Document, encode, level_headings


def _data_address(svg: str) -> str:
    """Put a picture in an address: its ids and styles then touch nothing else on the page."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


@cache
def _template():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_address"] = _data_address
    environment.globals["words"] = WORDS
    return environment.get_template("handout.html.j2")


def to_html_fragment(blocks: tuple[Block, ...], *, inline_svg: bool = False) -> str:
    """Write blocks as HTML to show inside another page, such as a notebook.

    Parameters
    ----------
    blocks : tuple of blocks
    inline_svg : bool
        Put the pictures in the page itself, which shows a changing picture without a
        flash. Only for pictures without ids and styles, such as those of
        :mod:`leefbaar_tools.figures`.
    """
    content = prepared(encode(tuple(blocks)), clean)
    return _template().render(blocks=content, document=None, inline_svg=inline_svg)


def to_html(document: Document) -> str:
    """Write a document as one HTML file that loads nothing and prints well on A4."""
    content = prepared(encode(document), clean)
    blocks = prepared(encode(level_headings(document.blocks)), clean)
    return _template().render(blocks=blocks, document=content, inline_svg=False)
