"""Counting a large group, beside merely reading the same files."""

import json
import random
import tempfile
import time
from pathlib import Path

PEOPLE = 300
AIM = 8  # times the floor; and in any case within a second


def count_a_group(repeat: int) -> tuple[list[float], list[float]]:
    """Return how long it takes to gather and count `PEOPLE` journals, and to parse their lines.

    Parameters
    ----------
    repeat : int

    Returns
    -------
    (list of float, list of float)
        Seconds: the whole way from files to counts, and ``json.loads`` of every line.
    """
    from leefbaar_tools.exercises.counted import count, read_meeting
    from leefbaar_tools.exercises.gathered import gather, journal_files
    from leefbaar_tools.resources import meetings

    ours, floor = [], []
    with tempfile.TemporaryDirectory() as folder:
        make_journals(Path(folder))
        for _ in range(repeat + 1):  # the first one warms up
            start = time.perf_counter()
            known = [read_meeting(path) for path in meetings()]
            people = gather(journal_files([Path(folder)])).people
            counted = [count(one, people)[0] for each in known for one in each.exercises.values()]
            ours.append(time.perf_counter() - start)
            assert max(c.people for counts in counted for c in counts.values()) == PEOPLE
            start = time.perf_counter()
            for path in Path(folder).glob("*.jsonl"):
                for line in path.read_bytes().splitlines():
                    json.loads(line)
            floor.append(time.perf_counter() - start)
    return ours[1:], floor[1:]


def make_journals(folder: Path) -> None:
    """Write the journals of a large group, with three versions of every answer."""
    from leefbaar_tools.exercises.counted import read_meeting
    from leefbaar_tools.resources import meetings

    rng = random.Random("group")
    exercises = read_meeting(meetings()[0]).exercises
    for person in range(PEOPLE):
        lines = []
        for turn in range(3):
            choice = rng.choice(exercises["m1-brandjes"].options)
            values = {
                "m1-brandjes": {"keuze": [choice]},
                "m1-trots": {"trots": f"Het bankje van {person}, {turn} keer"},
                "m1-schatting": {"guesses": {"alleen": rng.randint(0, 10), "ouderen": ["meer"]}},
                "m1-maten": {"kompas": [rng.choice(list(exercises["m1-maten"].compass))]},
            }
            for id, value in values.items():
                part = exercises[id]
                fields = {"exercise": id, "kind": part.kind, "prompt": part.prompt()}
                at = f"2026-11-25T10:00:{turn:02d}.{person:03d}+01:00"
                fields |= {"plan": part.plan, "value": value, "at": at, "format": 1}
                lines.append(json.dumps(fields, ensure_ascii=False))
        (folder / f"Vogel {person}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
