"""What is graded, and how: one file a kind of task."""
