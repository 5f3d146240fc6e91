"""The chat bubble for other sites' pages."""
