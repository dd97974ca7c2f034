"""The floor: nouns, settings, errors, message names, logging."""

__version__ = "0.1.0"
