"""The built-in embedding model: the graph that runs it, and how far its vectors are from exact arithmetic."""
