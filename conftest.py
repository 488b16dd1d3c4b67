"""Every test runs strict: an error inside an exercise is raised, not told to a participant."""

import os

os.environ["LEEFBAAR_STRICT"] = "1"
os.environ.pop("LEEFBAAR_FOLDER", None)
