"""One package per service, all of the same shape (ARCHITECTURE.md)."""
