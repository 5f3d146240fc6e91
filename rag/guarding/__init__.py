"""What stands between documents, models and readers. See ``guard``."""
