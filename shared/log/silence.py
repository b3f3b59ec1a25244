"""Whoever reads up to an end that is there gives brokers up that bring nothing: clients try again for ever."""

from shared.errors import BrokersSilent

SILENT_SECONDS = 30.0
"""What is there comes within so long, also behind a writer who was killed in the middle of a transaction."""


class Silence:
    """Counts for how long nothing came; ``seconds``: so long is waited."""

    def __init__(self, seconds: float = SILENT_SECONDS) -> None:
        self._seconds = seconds
        self._waited = 0.0

    def after(self, seconds: float, *, further: bool) -> None:
        """So long was waited, and it went further or not. Raises BrokersSilent."""
        self._waited = 0.0 if further else self._waited + seconds
        if self._waited > self._seconds:
            raise BrokersSilent
