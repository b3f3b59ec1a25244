"""Previews: what would be, computed without an installation."""
