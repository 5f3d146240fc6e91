"""Is a sentence supported by the paragraphs it cites? See ``check``."""
