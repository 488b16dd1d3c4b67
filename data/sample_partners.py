"""The corporation's own tables of the sample city: partners, ties, interventions with costs.

Used by `make_sample_city.py`. Everything is invented. Standard library only.
"""

# Name of each planted truth: the codes it is at, and what there is to discover.
PLANTS: dict = {}
# Per table: name, type, unit, title, description of every column, in order.
FIELDS: dict = {}
KEYS: dict = {}
TITLES: dict = {}


def make(seed, buurten, kerncijfers, without):
    """Return the rows of every table, by its name."""
    return {}
