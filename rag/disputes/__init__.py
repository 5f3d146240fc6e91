"""Quotes that disagree. See ``conflicts``."""
