"""Readers of what publishers offer: one module per source, with ``recognises`` and ``read``."""
