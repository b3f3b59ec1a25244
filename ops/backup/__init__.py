"""Backups: the log, the documents and the keys of an installation, kept in a folder and brought back from it."""
