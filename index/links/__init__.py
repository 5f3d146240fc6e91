"""What documents are to each other: copies, earlier versions, and garbled rewrites of a better source."""
