"""A chat model at an OpenAI-compatible endpoint. See ``endpoint``."""
