"""Sending: letters that were started become mail or paper, outside the session."""
