"""Casework: what people do on a case comes in as commands, is judged, and becomes facts."""
