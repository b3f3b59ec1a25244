"""Intake: complaints come in over HTTP and become the first event of their case."""
