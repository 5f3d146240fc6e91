"""What becomes of bad input, in a table: ``python -m evals.faults``."""
