"""One process of Redress: its settings, clock, logs, metrics and its end. Knows no case, no bank, no Kafka."""
