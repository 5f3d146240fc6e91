"""What a sentence says, taken apart: its words, figures, dates, negations and opposites."""
