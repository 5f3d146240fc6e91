"""A page for every document, with a stable place for every paragraph; it needs no script."""
