"""A model writes, its sentences are checked one by one. See ``writer``."""
