"""Complaints by e-mail: one message to a unit's address is one submission on channel ``mail``."""
