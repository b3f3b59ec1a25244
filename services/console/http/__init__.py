"""The console over HTTP: questions, who may ask them, and the shapes of the answers."""
