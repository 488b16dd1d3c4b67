"""Every test runs strict: an error inside an exercise is raised, not told to a participant."""

import os
import signal

os.environ["LEEFBAAR_STRICT"] = "1"
os.environ.pop("LEEFBAAR_FOLDER", None)

# Started in the background, a shell lets this process ignore Ctrl+C, and what it starts as well.
signal.signal(signal.SIGINT, signal.default_int_handler)
