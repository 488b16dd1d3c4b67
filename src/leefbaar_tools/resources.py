"""Where the shared files lie: notebooks, sample data, workshop material.

In an installed package they lie beside the modules, in a checkout in their own
top-level folders. Nobody else builds a path to them.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HOME = "verdieping"  # the part of a meeting that is for at home

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parent.parent


def shared_path(*parts: str) -> Path:
    """Path of a shared file or folder, such as ``shared_path("data", "README.md")``.

    Raises
    ------
    FileNotFoundError
        When the installation misses the file.
    """
    for root in (_HERE / "shared", _CHECKOUT):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"not in this installation: {'/'.join(parts)}")


def meetings() -> list[Path]:
    """Return the notebooks of the meetings, in order."""
    return sorted(shared_path("notebooks").glob("[0-9]-*.ipynb"))


def timed_cells(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    """Yield the id of every cell of a meeting that takes minutes, and the minute it begins at."""
    minute = 0
    for cell in cells:
        about = cell["metadata"].get("leefbaar", {})
        if about.get("minutes") and about.get("part") != HOME:
            yield cell["id"], minute
            minute += about["minutes"]


def clock(minute: int) -> str:
    """Write a minute of the meeting as a time: ``1:06``."""
    return f"{minute // 60}:{minute % 60:02d}"


def material(name: str) -> tuple[dict[str, str], str]:
    """Return the header and the Markdown of a text in ``workshop/``.

    Parameters
    ----------
    name : str
        Path below ``workshop/`` without ``.md``, such as ``"voorbeelden/flatloket"``. The file
        may begin with lines ``key: value`` between two lines ``---``.

    Raises
    ------
    FileNotFoundError
        When there is no such text.
    """
    text = shared_path("workshop", f"{name}.md").read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        return {}, text
    header, _, body = text.removeprefix("---\n").partition("\n---\n")
    pairs = (line.partition(":") for line in header.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}, body.strip() + "\n"
