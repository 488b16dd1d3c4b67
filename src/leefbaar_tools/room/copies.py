"""Fresh locked copies of the notebooks, laid down at every start.

What a notebook holds for the facilitator's sheet or for the projector is left out here,
so that it cannot reach a participant by accident.
"""

import contextlib
import json
import os
from pathlib import Path

from ..resources import HOME, clock, meetings, timed_cells

# Tags of cells that a copy leaves out: notes stand on the facilitator's printed sheet,
# not on the wall; tally and group picture are for the projector alone.
LEFT_OUT = {"deelnemer": {"facilitator", "group"}, "begeleider": {"facilitator"}}


def lay_copies(folder: Path, audience: str, start: str) -> list[dict]:
    """Replace the copies in ``folder`` by fresh ones.

    Parameters
    ----------
    folder : Path
        Made when it does not exist. Older copies in it are removed; whatever else somebody
        put there stays.
    audience : {"deelnemer", "begeleider"}
    start : str
        Marks the copies of this start; the lab extension acts on these alone.

    Returns
    -------
    list of dict
        ``path``, ``title`` and ``steps`` of each meeting, in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.ipynb"):
        if _is_copy(path):
            _remove(path)
    laid = []
    for source in meetings():
        notebook = json.loads(source.read_text(encoding="utf-8"))
        lock(notebook, audience, start)
        target = folder / source.name
        _remove(target)
        target.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
        os.chmod(target, 0o444)
        about = notebook["metadata"]["leefbaar"]
        title = f"{about['meeting']}. {about['title']}"
        laid.append({"path": source.name, "title": title, "steps": steps(notebook)})
    return laid


def steps(notebook: dict) -> list[dict]:
    """Return where one can go to on a sheet: the steps with their time, and what is for at home."""
    about = {cell["id"]: cell["metadata"].get("leefbaar", {}) for cell in notebook["cells"]}
    found = [
        {"id": id, "label": f"{clock(minute)} {about[id]['aim']}"}
        for id, minute in timed_cells(notebook["cells"])
    ]
    home = [id for id, known in about.items() if known.get("part") == HOME and "aim" in known]
    return found + [{"id": id, "label": about[id]["aim"]} for id in home]


def _is_copy(path: Path) -> bool:
    """Tell whether an earlier start laid this file."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        return "start" in json.loads(path.read_text(encoding="utf-8"))["metadata"]["leefbaar"]
    return False


def _remove(path: Path) -> None:
    """Remove a file if it is there; Windows refuses that for one that is read-only."""
    with contextlib.suppress(FileNotFoundError):
        if not path.is_symlink():
            os.chmod(path, 0o600)
        path.unlink()


def lock(notebook: dict, audience: str, start: str) -> None:
    """Make a notebook the locked copy for an audience, in place."""
    left_out = LEFT_OUT[audience]
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if not left_out.intersection(cell["metadata"].get("tags", ()))
    ]
    for cell in notebook["cells"]:
        cell["metadata"].update(editable=False, deletable=False)
        if cell["cell_type"] == "code":
            cell["metadata"]["jupyter"] = {"source_hidden": True}
            cell["outputs"], cell["execution_count"] = [], None
    notebook["metadata"]["leefbaar"].update(start=start, audience=audience)
