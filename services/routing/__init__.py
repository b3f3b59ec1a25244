"""Routing: who accepts a complaint, who handles it, what is owed, and by which rule."""
