"""A small model that says whether a paragraph supports a sentence: its data and training."""
