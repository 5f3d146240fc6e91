"""Whether anybody sees through any door of a server what is not for them."""
