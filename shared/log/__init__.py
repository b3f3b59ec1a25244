"""The log on Kafka: append, read, follow, guard. Kafka ends here."""
