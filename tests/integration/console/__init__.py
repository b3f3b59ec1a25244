"""Tests on a real Kafka, a real mail server, a real database."""
