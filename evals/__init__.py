"""Cases, metrics and the commands that print every figure the project states."""
