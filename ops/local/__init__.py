"""One machine's installation: broker, processes, topics, clock, status."""
