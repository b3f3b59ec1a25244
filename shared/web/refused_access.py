"""Refused log-ins and refused rights are counted, all of them, and recorded in the access log within bounds.

Whoever tries doors by the thousand must neither fill a log that is kept for ever nor slow anybody down: of one subject
or address so many are recorded in a minute, of all together so many more; the rest is counted only.
"""

import asyncio
import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Callable

import structlog
from fastapi import Request

from shared.contract.access import KEY, AccessRecord
from shared.errors import RedressError
from shared.log.access_log import AccessLog
from shared.process import metrics
from shared.sealing.vault import Vault

log = structlog.get_logger()

RECORDED_PER_MINUTE = 600
"""Of all callers of a process together: ten a second, however many addresses somebody has."""
MINUTE_SECONDS = 60
REFUSED = (401, 403)


class RefusedAccess:
    """Takes note of what an API refuses by who asks. ``per_minute``: recorded of one subject or address."""

    def __init__(
        self, log_: AccessLog, vault: Vault, per_minute: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._access = log_
        self._vault = vault
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._minute = -1
        self._of: Counter[str] = Counter()
        self._under_way: set[asyncio.Task[None]] = set()

    def note(self, request: Request, error: RedressError) -> None:
        """Count a refusal, and record it unless there were too many. It never fails, and nobody waits for it."""
        unseen: str | None = getattr(error, "case_id", None)
        if error.status not in REFUSED and unseen is None:
            return
        metrics.REFUSALS.labels(self._access.service, error.code).inc()
        subject: str | None = getattr(request.state, "subject", None)
        address = request.client.host if request.client else "unknown"
        if self._admits(subject or address):
            call = f"{request.method} {getattr(request.scope.get('route'), 'path', '')}"
            task = asyncio.create_task(self._record(subject, address, call, error.code, unseen))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def _admits(self, whose: str) -> bool:
        minute = int(self._monotonic() // MINUTE_SECONDS)
        if minute != self._minute:
            self._minute = minute
            self._of.clear()
        if self._of.total() >= RECORDED_PER_MINUTE or self._of[whose] >= self._per_minute:
            return False
        self._of[whose] += 1
        return True

    async def _record(self, subject: str | None, address: str, call: str, code: str, unseen: str | None) -> None:
        try:
            await self._access.record([await self._told(subject, address, call, code, unseen)])
        except RedressError as error:
            metrics.REFUSALS_NOT_RECORDED.labels(self._access.service).inc()
            log.warning("access.refusal_not_recorded", error=error.code)

    async def _told(self, subject: str | None, address: str, call: str, code: str, unseen: str | None) -> AccessRecord:
        if subject is not None:
            return self._access.told("refused", subject, call, case=unseen, why=code)
        key = await self._vault.ensure_key(KEY)
        hashed = hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:12]
        sealed = await self._vault.seal(KEY, "access.address", address)
        return self._access.told("refused", f"address:{hashed}", call, why=code, address=sealed)

    async def settle(self) -> None:
        """Wait until what is under way is recorded."""
        await asyncio.gather(*self._under_way)
