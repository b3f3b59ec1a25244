"""What stands in the data of stored events, for the type checker alone: generated from the catalogue."""
