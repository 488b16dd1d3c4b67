"""How a file is written that must never be half."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

HALF = ".half"


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write beside a file and put it in its place in one step."""
    part = path.with_name(f"{path.name}.{os.getpid()}{HALF}")
    try:
        yield part
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
