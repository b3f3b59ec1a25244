"""Sending turns letters that were started into mail or paper, outside the session."""
