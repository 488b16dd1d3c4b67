"""From the markdown of a notebook cell to blocks."""

from functools import cache
from html import unescape

from .tree import (
    LINK_SCHEMES,
    Block,
    Bullets,
    Code,
    Emphasis,
    Heading,
    Inline,
    Link,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
)


@cache
def _parser():
    from mistune import create_markdown

    return create_markdown(renderer=None, plugins=["table"])


def from_markdown(source: str) -> tuple[Block, ...]:
    """Turn markdown into blocks.

    Headings, paragraphs, lists, quotes, tables, emphasis and links are understood. A link
    within the notebooks (``#cel`` or ``2-overlast.ipynb``) leads nowhere on paper: its text
    stays. A ruled line disappears.

    Raises
    ------
    ValueError
        On raw HTML and on a picture: neither has a meaning on every kind of paper.
    """
    return _blocks(_parser()(source))


def _blocks(tokens: list[dict]) -> tuple[Block, ...]:
    return tuple(
        _BLOCKS[token["type"]](token)
        for token in tokens
        if token["type"] not in ("blank_line", "thematic_break")
    )


def _text(token: dict) -> Text:
    """Join neighbouring strings, so that plain text stays a plain string."""
    parts: list[Inline] = []
    for child in token.get("children", ()):
        for part in _INLINES[child["type"]](child):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else tuple(parts)


def _link(token: dict) -> tuple[Inline, ...]:
    text, url = _text(token), token["attrs"]["url"]
    if url.startswith(LINK_SCHEMES):
        return (Link(text, url),)
    if ":" in url.split("/")[0]:
        raise ValueError(f"a link in markdown starts with one of {LINK_SCHEMES}: {url!r}")
    return (text,) if isinstance(text, str) else text


def _table(token: dict) -> Table:
    head, *bodies = token["children"]
    cells = head["children"]
    align = tuple(cell["attrs"]["align"] or "left" for cell in cells)
    return Table(
        header=tuple(_text(cell) for cell in cells),
        rows=tuple(
            tuple(_text(cell) for cell in row["children"])
            for body in bodies
            for row in body["children"]
        ),
        align=align if set(align) != {"left"} else (),
    )


def _refuse(token: dict):
    raise ValueError(
        f"raw HTML in markdown cannot be printed, use markdown alone: {token['raw'].strip()!r}"
    )


def _refuse_picture(token: dict):
    raise ValueError(
        "a picture in markdown has no source line and may not travel along; "
        f"use a figure: {token['attrs']['url'][:80]!r}"
    )


_INLINES = {
    "text": lambda token: (unescape(token["raw"]),),
    "softbreak": lambda token: (" ",),
    "linebreak": lambda token: ("\n",),
    "strong": lambda token: (Strong(_text(token)),),
    "emphasis": lambda token: (Emphasis(_text(token)),),
    "codespan": lambda token: (Code(token["raw"]),),
    "link": _link,
    "inline_html": _refuse,
    "image": _refuse_picture,
}

_BLOCKS = {
    "heading": lambda token: Heading(_text(token), token["attrs"]["level"]),
    "paragraph": lambda token: Paragraph(_text(token)),
    "block_text": lambda token: Paragraph(_text(token)),
    "block_code": lambda token: Paragraph((Code(token["raw"].rstrip("\n")),)),
    "block_quote": lambda token: Quote(_blocks(token["children"])),
    "list": lambda token: Bullets(
        tuple(_blocks(item["children"]) for item in token["children"]),
        ordered=token["attrs"]["ordered"],
    ),
    "table": _table,
    "block_html": _refuse,
}
