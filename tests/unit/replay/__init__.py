"""Deciding again, and publishing once more, without a broker."""
