"""What the server remembers of its people: conversations and what they thought of them."""
