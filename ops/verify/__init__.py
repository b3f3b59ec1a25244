"""Verification: independent folds of the log, compared with what the services say."""
