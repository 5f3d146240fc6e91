"""Answers as documents: Markdown, Word and print."""
