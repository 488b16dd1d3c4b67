"""A corporation's own figures per complex or street: a template, its reader, and where it is kept.

Nothing of it leaves this computer, and nothing that may point to a person comes in.
"""

from .columns import MEASURES, Measure, how_many
from .kept import OwnFile, import_file, own_registrations, status
from .reading import OwnError, recognises
from .template import write_template

__all__ = [
    "MEASURES",
    "Measure",
    "OwnError",
    "OwnFile",
    "how_many",
    "import_file",
    "own_registrations",
    "recognises",
    "status",
    "write_template",
]
