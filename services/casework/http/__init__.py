"""Casework over HTTP: commands come in, outcomes go out."""
