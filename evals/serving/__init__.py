"""What a server bears: many people at once, slow models, many questions."""
