"""Notify: acknowledgements, notices, chasers and breach notices, by real mail."""
