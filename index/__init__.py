"""Files become searchable paragraphs; this room knows nothing of questions."""
