"""Bulk openings: somebody asks to open many cases at once, says why, and somebody else allows it."""
