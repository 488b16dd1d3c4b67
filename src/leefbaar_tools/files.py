"""How a file is written that must never be half, by one process at a time."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

HALF = ".half"
LOCK_SECONDS = 120
BUSY = "Er wordt al een bestand ingelezen. Wacht tot dat klaar is en probeer het opnieuw."


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


@contextlib.contextmanager
def locked(folder: Path, mode: int = 0o777) -> Iterator[None]:
    """Make a folder when it is not there, and be the only one that writes in it.

    Without the lock what another process is writing cannot be told from what a crash left.

    Raises
    ------
    filelock.Timeout
        When another process does not come to an end; `BUSY` says so. It is an OSError as well.
    OSError
    """
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    with FileLock(folder / ".slot", timeout=LOCK_SECONDS):
        yield
