"""Reading a message: what a person could read of it, and what is a file. Pure, and it never raises."""
