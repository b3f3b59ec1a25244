"""The contract between services and towards readers of the log: events, envelope, commands, records, words. Pure."""
