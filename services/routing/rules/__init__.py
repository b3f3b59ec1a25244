"""The routing rules: a table that an officer of the bank writes, and what zen-engine judges by it."""
