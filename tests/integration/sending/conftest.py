"""What all tests of sending have: a desk, and short pauses where a test asks for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.notify.sending import pool as sending
from services.notify.sending import sender as senders
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from tests.support.broker import free_ports
from tests.support.sending_case import CUSTOMER, Desk, open_desk


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of milliseconds, so that a test of repetition does not take seconds."""
    for module in (senders, sending):
        monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.01)
        monkeypatch.setattr(module, "LONGEST_PAUSE_SECONDS", 0.02)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A telephone complaint, routed, its clock started, both letters started."""
    settings = Settings(data=tmp_path, smtp_port=free_ports(1), smtp_timeout_seconds=2)
    async with open_vault(settings) as vault:
        yield await open_desk(settings, vault, CUSTOMER)
