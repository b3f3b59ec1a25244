"""Mail as it comes in over a socket, over the log in memory."""
