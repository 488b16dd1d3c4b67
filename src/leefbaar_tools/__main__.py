"""``python -m leefbaar_tools`` is the command ``leefbaar``."""

import sys

from .cli import main

sys.exit(main())
