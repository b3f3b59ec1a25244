"""One case, pure: its life, owners, duties, and what counts when facts cross. Knows no service and no I/O."""
