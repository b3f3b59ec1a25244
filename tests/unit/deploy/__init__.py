"""The files that describe an installation in containers."""
