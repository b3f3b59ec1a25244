"""A worker that is stopped in order, as an upgrade does: whoever comes after it sends no letter once more."""

import asyncio
from pathlib import Path

import pytest

from ops.local.reading import event_of, read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.process.settings import Settings
from tests.chaos.submitter import submit
from tests.support.broker import FreshTopics, free_ports
from tests.support.mail_server import Server, running
from tests.support.processes import start, stop
from tests.support.waiting import until

pytestmark = pytest.mark.kafka
LETTERS = 6
SLOW_SECONDS = 0.4
"""How long the mail server takes for a letter: long enough to be stopped in the middle."""


async def sent(settings: Settings) -> list[str]:
    """The ids of the letters of which the log says that they left."""
    events = [event_of(record) for record in await read_topic(settings)]
    return sorted(event.data["message_id"] for event in events if event.name == "MessageSent")


async def test_a_letter_at_hand_when_a_worker_is_stopped_is_recorded_before_it_ends(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """The mail server took it: so the log says that it left, and the next owner leaves it alone."""
    settings = await fresh_topics(smtp_port=free_ports(1), smtp_senders=2)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    await submit(settings, LETTERS)
    server = Server(settings.smtp_port, after_data=lambda: asyncio.sleep(SLOW_SECONDS))
    async with running(server):
        names = ("routing", "sla", "notify")
        workers = [await start(settings, f"services.{name}.worker", tmp_path / f"{name}.log") for name in names]
        try:
            await until(lambda: len(server.taken) > 1, 120)
        finally:
            await stop(*reversed(workers))

    taken = sorted(str(letter["Message-ID"]).strip("<>").split("@")[0].split(".")[0] for letter in server.letters())
    assert taken == await sent(settings)
    assert [0] * len(names) == [worker.returncode for worker in workers]
