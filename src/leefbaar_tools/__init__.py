"""Tools for the workshop "Werken aan leefbare wijken".

A notebook imports this package as ``lt`` and calls one function per cell.
"""

from importlib import import_module

_CALLS = (
    *("allocate", "area_map", "begin", "choose", "choose_area", "diagram", "estimate", "explore"),
    *(
        "goal",
        "group_picture",
        "months",
        "network",
        "picture",
        "plan",
        "rank",
        "recall",
        "table",
        "tally",
    ),
    *("teller", "timer", "write"),
)

__all__ = list(_CALLS)


def __getattr__(name: str):
    # Loaded when first called: the command line must not wait for widgets.
    if name in _CALLS:
        return getattr(import_module(".exercises.page", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
