"""Casework's API takes commands in and gives their outcomes out."""
