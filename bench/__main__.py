"""``make bench``: what the kernel costs, against doing the bare minimum on the same machine in the same run."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
import orjson
import uvicorn
from fastapi import FastAPI, Request
from rich.console import Console
from rich.table import Table

from ops import installation, rebuild, steering
from ops.status import status
from services.notify.service import SERVICE as NOTIFY
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.event_log import EventLog, Outgoing, Record, outgoing
from shared.fold import Fold
from shared.settings import Settings
from shared.topics import INBOX
from tests.facts import Given, event, receipt
from tests.installation import authorization, installed

FOLD_CASES = 10_000
REQUESTS = 300
AT_ONCE = 16
LATENCY_CASES = 100
out = Console(highlight=False)


def sample_case() -> list[Any]:
    """The events of one telephone case, as the services make them."""
    received = event(receipt())
    routed = event(Given(ROUTING).when_event(received)[0], received.id)
    started = event(Given(SLA).when_event(received)[0], received.id)
    letters = Given(NOTIFY, received, routed).when_event(started)
    return [received, routed, started, *(event(one, started.id, n) for n, one in enumerate(letters))]


def fold_rates() -> list[tuple[str, str, str]]:
    """Folding in memory, against parsing the same records with orjson."""
    records: list[Record] = []
    sample = sample_case()
    for _ in range(FOLD_CASES):
        case = str(uuid4())
        for one in sample:
            made = outgoing(one._replace(subject=case, id=str(uuid4())))
            records.append(Record(0, len(records), case, made.value, dict(made.headers)))
    began = time.perf_counter()
    for record in records:
        orjson.loads(record.value)
    parsing = time.perf_counter() - began
    rows = []
    for service in (ROUTING, SLA, NOTIFY):
        fold: Fold[Any] = Fold(service, 0)
        began = time.perf_counter()
        for record in records:
            fold.apply(record)
        took = time.perf_counter() - began
        rows.append(
            (f"fold, {service.name}", f"{len(records) / took:,.0f} events/s", f"{parsing / took:.2f} of orjson")
        )
    return rows


async def gathered(count: int, work: Callable[[int], Awaitable[None]]) -> float:
    """Seconds for ``count`` calls, so many at once."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with slots:
            await work(number)

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return time.perf_counter() - began


def body(number: int, received_at: str | None = None) -> bytes:
    """A complaint."""
    matter = {"narrative": f"第 {number} 件投诉。", "reason": "work_error", "complained_unit": "dongqiao.hall"}
    submission: dict[str, Any] = {"complainant": {"name": "甲某", "email": "c@customer.example"}, "matter": matter}
    if received_at is not None:
        submission["received_at"] = received_at
    return json.dumps(submission).encode()


async def post(client: httpx.AsyncClient, prefix: str, number: int, content: bytes) -> dict[str, Any]:
    """Submit one; its answer."""
    key = {"Idempotency-Key": f"{prefix}-{number}"}
    answer = await client.post("/v1/complaints/phone", content=content, headers=key)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def intake_rate(settings: Settings, client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """Intake against a bare FastAPI endpoint that appends the body with the same producer."""
    log, app = EventLog(settings, INBOX), FastAPI()  # bare records are no events: they go where nobody folds them

    @app.post("/bare")
    async def bare(request: Request) -> dict[str, int]:
        position = (await log.append([Outgoing(str(uuid4()), await request.body(), [])]))[0]
        return {"offset": position.offset}

    port = settings.ports + 50
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as plain:

        async def one(number: int) -> None:
            (await plain.post("/bare", content=body(number))).raise_for_status()

        bare_seconds = await gathered(REQUESTS, one)
    server.should_exit = True
    await serving
    await log.stop()

    async def real(number: int) -> None:
        await post(client, "rate", number, body(number))

    seconds = await gathered(REQUESTS, real)
    rate = f"{REQUESTS / seconds:,.0f} complaints/s"
    return [("intake over HTTP, all services up", rate, f"{bare_seconds / seconds:.2f} of a bare endpoint")]


async def latency(settings: Settings, client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """From the POST until the acknowledgement's MessageSent is in the log, one after the other."""
    log = EventLog(settings)
    seen: dict[str, float] = {}

    async def watch(partition: int, start: int) -> None:
        reader = await log.read(partition, start)
        try:
            while True:
                for record in await reader.batch(1.0):
                    if b"redress.MessageSent.v1" in record.value and b'"kind":"acknowledgement"' in record.value:
                        seen.setdefault(record.key, time.perf_counter())
        finally:
            await reader.stop()

    tasks = [asyncio.create_task(watch(p, end)) for p, end in (await log.ends()).items()]
    await asyncio.sleep(1)
    took = []
    for number in range(LATENCY_CASES):
        began = time.perf_counter()
        case = (await post(client, "latency", number, body(number)))["case_id"]
        async with asyncio.timeout(10):
            while case not in seen:
                await asyncio.sleep(0.001)
        took.append((seen[case] - began) * 1000)
        await asyncio.sleep(0.03)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await log.stop()
    quantiles = statistics.quantiles(took, n=100)
    return [
        (
            "received → acknowledgement sent",
            f"p50 {quantiles[49]:.0f} ms, p99 {quantiles[98]:.0f} ms",
            "goal p99 ≤ 150 ms",
        )
    ]


async def settled_after(settings: Settings, *services: str) -> float:
    """Seconds until these services owe nothing; all of them if none is named."""
    began = time.perf_counter()
    while True:
        rows = await asyncio.to_thread(status, settings)
        if not any(row["owed"] or row["lag"] for row in rows if not services or row["name"] in services):
            return time.perf_counter() - began
        await asyncio.sleep(0.1)


async def overdue(settings: Settings) -> list[tuple[str, str, str]]:
    """All clocks of the cases so far pass warning and limit in one leap of the steered clock."""
    now = await steering.shown(settings)
    cases = (await rebuild.verify(settings)).cases
    target = now.replace(year=now.year + 1)
    began = time.perf_counter()
    await steering.set_clock(settings, target.isoformat())
    await asyncio.sleep(0.5)
    await settled_after(settings, "sla")
    took = time.perf_counter() - began
    letters = await settled_after(settings)
    return [
        ("overdue timers recorded", f"{2 * cases:,} in {took:.1f} s", f"{2 * cases / took:,.0f} timers/s"),
        (
            "their letters, three a case",
            f"{3 * cases:,} in {took + letters:.1f} s",
            f"{3 * cases / (took + letters):,.0f} letters/s",
        ),
    ]


async def measured(settings: Settings) -> list[tuple[str, str, str]]:
    """Everything that needs a running installation."""
    url = f"http://127.0.0.1:{settings.ports + 1}"
    async with httpx.AsyncClient(base_url=url, headers=authorization(settings), timeout=60) as client:
        rows = await intake_rate(settings, client)
        seconds = await settled_after(settings)
        rows.append(("letters still going out after the burst", f"{seconds:.1f} s", f"{2 * REQUESTS} letters"))
        rows += await latency(settings, client)
        rows += await overdue(settings)
    return rows


def main() -> None:
    """Measure and print one table."""
    rows = fold_rates()
    with TemporaryDirectory(prefix="redress-bench-") as folder:
        began = time.perf_counter()
        with installed(Path(folder), "steered:2020-03-05T10:00:00+08:00") as settings:
            rows.append(("start-up, broker included", f"{time.perf_counter() - began:.1f} s", "goal ≤ 20 s"))
            rows += asyncio.run(measured(installation.load(settings.data)))
    table = Table("what", "measured", "ratio or goal")
    for row in rows:
        table.add_row(*row)
    out.print(table)


if __name__ == "__main__":
    main()
