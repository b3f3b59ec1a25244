"""Exports: the console's tables for analysts as files, by day."""
