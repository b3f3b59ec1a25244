"""Console: the log projected into a database, and everything people and programs read from it."""
