"""What keeps a server healthy and says how it is."""
