"""A store keeps in files what was made of the log, so that no start reads the whole log again. Each is a cache."""
