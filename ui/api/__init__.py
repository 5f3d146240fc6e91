"""The server for programs: JSON and server-sent events."""
