"""Deciding the log again without sending anything, and publishing records of it once more for consumers."""
