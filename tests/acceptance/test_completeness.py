"""A service that skips shows as a difference of the hops; what processes measure is what the page of metrics says."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ops.local import status
from ops.local.process_table import PROCESSES, SINK
from shared.process.settings import Settings
from tests.support.installation import authorization, installed, redress
from tests.support.promtool import catalogue, promtool
from tests.support.standing_still import standing_still
from tests.support.waiting import until

TYPED = re.compile(r"^# TYPE (redress_\w+) ", re.M)
COMPLAINT = {
    "complainant": {"name": "甲某", "email": "jia@customer.example"},
    "matter": {"narrative": "柜员态度生硬。", "reason": "service_attitude", "complained_unit": "dongqiao.hall"},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation by the system's clock."""
    with installed(tmp_path_factory.mktemp("completeness") / "data", "system") as settings:
        yield settings


def complain(settings: Settings, key: str) -> None:
    """Post a complaint as a call centre does."""
    headers = authorization(settings) | {"Idempotency-Key": key}
    answer = httpx.post(f"http://127.0.0.1:{settings.ports + 1}/v1/complaints/phone", json=COMPLAINT, headers=headers)
    assert 201 == answer.status_code, answer.text


def told(settings: Settings) -> dict[str, Any]:
    """What the console counts, as ``redress status --json`` tells it."""
    (found,) = [row["completeness"] for row in status.status(settings) if row["name"] == "console"]
    return found or {}


def comes_to(settings: Settings, **wanted: int) -> None:
    """Wait until the console counts so much: it does every few seconds."""
    asyncio.run(until(lambda: wanted.items() <= told(settings).items(), seconds=60))


def test_a_service_that_stands_still_is_a_difference_until_it_goes_on(running: Settings) -> None:
    """Routing is frozen: it lives, and answers nothing. What it skipped is named; once it goes on all hops agree."""
    (pid,) = [row["pid"] for row in status.processes(running) if row["name"] == "routing"]
    complain(running, "before")
    comes_to(running, received=1, routed=1, clocked=1, acknowledged=1)
    with standing_still(pid):
        complain(running, "meanwhile")
        comes_to(running, received=2, routed=1)
        between = told(running)
        shown = redress("status", "--data", str(running.data), check=False)
    comes_to(running, received=2, routed=2, clocked=2, acknowledged=2)

    assert 1 == between["missing"]["routed"]["cases"] == len(between["missing"]["routed"]["named"])
    assert "cases: received 2, routed 1" in shown.stdout
    assert "they differ" in shown.stdout
    assert {0} == {one["cases"] for one in told(running)["missing"].values()}


def test_every_process_measures_what_the_page_says_in_prometheus_words(running: Settings) -> None:
    """By Prometheus' own tool; no metric is without a line on the page, and none of the page is without a process."""
    pages = {
        row["name"]: httpx.get(f"{row['internal'] or row['health'].rpartition('/health')[0]}/metrics").text
        for row in status.processes(running)
        if row["internal"] or row["health"]
    }
    found = {name for text in pages.values() for name in TYPED.findall(text) if not name.endswith("_created")}

    ready = {name for name, text in pages.items() if f'redress_ready{{service="{name}"}} 1.0' in text}

    assert {process.name for process in PROCESSES} == ready == pages.keys() - {SINK.name}
    assert {} == {name: said for name, text in pages.items() if (said := _complaints(text))}
    assert catalogue() == found


def _complaints(text: str) -> str:
    done = promtool("check", "metrics", told=text)
    return done.stdout + done.stderr
