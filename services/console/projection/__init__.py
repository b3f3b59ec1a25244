"""The projection: the log folded into a database, generation by generation."""
