"""A run as people read it: Markdown, one HTML page, and two runs side by side."""
