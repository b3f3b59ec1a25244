"""Receipts by the thousand, and whole logs of open cases as the services make them, for measuring."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bench.ground import STEERED_START
from ops.verify.services import SERVICES
from shared.contract.envelope import Event, outgoing
from shared.contract.ids import event_id
from shared.contract.letters import Fault
from shared.contract.records import Outgoing
from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.service import ResultTrigger
from shared.kernel.session import Session
from shared.process.clock import SteeredClock
from tests.support.facts import event, receipt, reference
from tests.support.memory_log import MemoryLog

NOW = datetime.fromisoformat(STEERED_START)


def received(at: datetime = NOW) -> Outgoing:
    """The receipt of a new case."""
    case = str(uuid4())
    made = event(receipt(received_at=at, first_received={"at": at, "unit": "dongqiao"}), at=at)
    return outgoing(made._replace(subject=case, correlationid=case, id=event_id("intake", case, "bench", 0)))


def receipts(count: int, apart: timedelta = timedelta(0)) -> list[Outgoing]:
    """So many receipts, each so long after the one before, over at most twenty days."""
    return [received(NOW + apart * (number % 480)) for number in range(count)]


class Delivered:
    """A mail server that takes everything at once."""

    async def opened(self, fold: Fold[Any]) -> None:
        """Nothing is open."""

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """Every letter that was started is sent."""
        for one in events:
            if one.name == "MessageSendStarted":
                data = {k: v for k, v in one.data.items() if k not in ("about", "organisation", "language")}
                result = {**data, "outcome": "sent", "smtp_reply": "250", "content_sha256": "ab" * 32}
                fold.offer_result(ResultTrigger(one.id, one.subject, result))

    async def closed(self, partition: int) -> None:
        """Nothing to stop."""

    def under_way(self) -> int:
        """None."""
        return 0


class NoLetters:
    """Nobody has to be told."""

    def tell(self, case: str, cause: str, kind: str, fault: Fault, raw: bytes, type_: str | None = None) -> None:
        """A case that waits would spoil the measurement."""
        raise AssertionError(f"{kind}: {fault.said}")


async def open_cases(count: int) -> list[Outgoing]:
    """The log of so many telephone complaints, from receipt to the letters of the first day, in log order."""
    log, clock = MemoryLog(1), SteeredClock()
    clock.set(NOW)
    await log.append(receipts(count))
    kernel = Ports(log, reference(), clock, NoLetters(), 500, 2**22, Delivered())  # type: ignore[arg-type] # the twin of EventLog
    folds = [Fold(service, 0) for service in SERVICES]
    tasks = [asyncio.create_task(fold.follow(await log.read(0))) for fold in folds]
    tasks += [
        asyncio.create_task(Session(kernel, service, fold).run()) for service, fold in zip(SERVICES, folds, strict=True)
    ]
    quiet = 0
    async with asyncio.timeout(60):
        while quiet < 5:
            await asyncio.sleep(0.02)
            end = await log.end(0)
            at_rest = all(fold.position == end and not fold.open_work() for fold in folds)
            quiet = quiet + 1 if at_rest else 0
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    rows = [record for record in log._rows[0] if record is not None]
    return [Outgoing(record.key, record.value, list(record.headers.items())) for record in rows]
