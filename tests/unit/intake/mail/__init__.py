"""Reading mail: kinds of messages, each with what must be readable."""
