"""Counts requests by subject and by address, and refuses whoever sends too many."""

import math
import time
from dataclasses import dataclass, field
from typing import ClassVar

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from shared.contract.subjects import Subject
from shared.errors import RedressError
from shared.process.settings import Settings


class TooManyRequests(RedressError):
    """There are too many requests: repeat this one after the time that Retry-After gives."""

    code: ClassVar[str] = "too_many_requests"
    status: ClassVar[int] = 429


@dataclass(frozen=True, slots=True)
class Rates:
    """What one subject and one address may ask of this process in a minute.

    The window slides, and a counter is two numbers, so a caller costs the same whatever he sends.
    """

    per_subject: RateLimitItem
    per_address: RateLimitItem
    _counted: SlidingWindowCounterRateLimiter = field(
        default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage())
    )

    @classmethod
    def of(cls, settings: Settings) -> "Rates":
        """The rates that the settings give."""
        subject, address = settings.http_requests_per_minute, settings.http_requests_per_minute_address
        return cls(RateLimitItemPerMinute(subject), RateLimitItemPerMinute(address))

    def count_address(self, address: str) -> None:
        """Count a request. Raises TooManyRequests."""
        self._count(self.per_address, "address", address)

    def count_subject(self, subject: Subject) -> None:
        """Count a request of an authenticated caller. Raises TooManyRequests."""
        self._count(self.per_subject, "subject", str(subject))

    def _count(self, limit: RateLimitItem, *whose: str) -> None:
        if not self._counted.hit(limit, *whose):
            left = self._counted.get_window_stats(limit, *whose).reset_time - time.time()
            raise TooManyRequests(retry_after=max(1, math.ceil(left)))


def counted(request: Request, subject: Subject) -> Subject:
    """The subject, once its request is counted by the server that took it. Raises TooManyRequests.

    Whoever looks at the request later is told the subject: also of a refusal.
    """
    request.state.subject = str(subject)
    rates: Rates | None = request.scope.get("redress.rates")
    if rates is not None:
        rates.count_subject(subject)
    return subject
