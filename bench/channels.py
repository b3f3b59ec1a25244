"""Per channel: how soon a complaint that came in is acknowledged, beside a bare loop over the same broker.

The acknowledgement's record is the end of a chain of facts: receipt, routing, sending begun, sent. The bare loop
appends as many records one after the other, each once the one before it was read back, and decides and sends nothing.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import Any, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from bench.ground import UNBOUNDED, Ground, beside, opened, until, watched
from bench.submitting import Caller, body
from bench.table import Row, progress
from ops.local import reference
from shared.contract.channel_details import DETAILS
from shared.contract.channels import CHANNELS
from shared.contract.records import HEADER_TYPE, EventLog, Outgoing, Record
from shared.contract.topics import INBOX
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.installation import authorization, installed, redress

EACH = 100
"""Enough for a 99th percentile that is not the slowest one."""
WARMING = 5
"""Complaints before the measured ones: the first after the start is another matter (``bench.installation``)."""
CHAIN = 4
PAUSE_SECONDS = 0.02
MOST_SECONDS = 20.0
DETAIL: dict[str, dict[str, Any]] = {
    "walk_in": {"receptionist": "wu.qing"},
    "media": {"form": "inquiry", "outlet": "示例日报"},
    "upper_branch": {"unit": "province"},
    "regulator": {"body": "示例监管局", "form": "electronic"},
    "opinion_box": {"unit": "dongqiao"},
}
"""What a submission on these channels cannot do without."""


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """A row per channel that takes complaints over HTTP; the bare loop in turns with them."""
    with installed(ground.folder / "channels", "system", **UNBOUNDED) as settings:
        bare = await beside(settings)
        await asyncio.to_thread(_put_up_box, settings)
        async with AsyncExitStack() as stack:
            chain = await stack.enter_async_context(_Chain(bare))
            log = await stack.enter_async_context(opened(settings))
            seen: dict[str, float] = {}
            await stack.enter_async_context(watched(log, partial(acknowledged, seen)))
            for channel in DETAILS:
                progress(f"{EACH} complaints by {CHANNELS[channel].en}")
                yield await _channel(settings, channel, seen, chain)


async def _channel(settings: Settings, channel: str, seen: dict[str, float], chain: "_Chain") -> Row:
    """One complaint after the other, each followed by one round of the bare loop."""
    caller = Caller(settings.ports + 1, authorization(settings, "lin.fang", "person"), CHANNELS[channel].address)
    await caller.open()
    took, bare = list[float](), list[float]()
    for number in range(WARMING + EACH):
        began = time.perf_counter()
        case = (await caller.post(str(uuid4()), body(number, DETAIL.get(channel))))["case_id"]
        await until(partial(seen.__contains__, case), MOST_SECONDS, f"acknowledging a complaint by {channel}")
        took.append((seen[case] - began) * 1000)
        await asyncio.sleep(PAUSE_SECONDS)
        bare.append(await chain.round() * 1000)
    await caller.close()
    ours, theirs = (statistics.quantiles(one[WARMING:], n=100) for one in (took, bare))
    return Row(
        f"received → acknowledged, {CHANNELS[channel].en}",
        f"p50 {ours[49]:.0f} ms, p99 {ours[98]:.0f} ms",
        f"{ours[49] / theirs[49]:.1f} × (p99 {ours[98] / theirs[98]:.1f} ×) a bare loop of {CHAIN} records",
    )


def _put_up_box(settings: Settings) -> None:
    """Publish the example organisation with an opinion box, which it has none of, from today on."""
    unit = f"{{id: {DETAIL['opinion_box']['unit']}, "
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    box = f'opinion_box: {{since: {today}, closes_at: "17:00"}}, '
    text = reference.EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
    assert unit in text, unit
    file = settings.data / "with-a-box.yaml"
    file.write_text(text.replace(unit, unit + box), encoding="utf-8")
    told = ("--who", "bench", "--why", "a box to measure", "--data", str(settings.data))
    redress("reference", "publish", "organisation", str(file), *told)


def acknowledged(seen: dict[str, float], record: Record) -> None:
    """Note when the acknowledgement of a case was seen in the log."""
    if b"redress.MessageSent.v" in record.headers[HEADER_TYPE] and b'"kind":"acknowledgement"' in record.value:
        seen.setdefault(record.key, time.perf_counter())


class _Chain:
    """Appends records one after the other and waits until each is read back."""

    def __init__(self, settings: Settings) -> None:
        self._log: EventLog = KafkaLog(settings, INBOX)
        self._seen: dict[str, float] = {}
        self._watching = watched(self._log, self._take)

    async def __aenter__(self) -> Self:
        await self._watching.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._watching.__aexit__(None, None, None)
        await self._log.stop()

    def _take(self, record: Record) -> None:
        self._seen[record.key] = time.perf_counter()

    async def round(self) -> float:
        """Seconds from the first append until the last record is read back."""
        began = time.perf_counter()
        for _ in range(CHAIN):
            key = str(uuid4())
            await self._log.append([Outgoing(key, b"{}", [])])
            await until(partial(self._seen.__contains__, key), MOST_SECONDS, "reading a record back")
        return time.perf_counter() - began
