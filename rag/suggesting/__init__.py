"""Questions that the documents can answer. See ``suggest`` and ``next_questions``."""
