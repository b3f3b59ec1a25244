"""What all tests of sending have: a desk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from tests.support.broker import free_ports
from tests.support.sending_case import CUSTOMER, Desk, open_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A telephone complaint, routed, its clock started, both letters started."""
    settings = Settings(data=tmp_path, smtp_port=free_ports(1), smtp_timeout_seconds=2)
    async with open_vault(settings) as vault:
        yield await open_desk(settings, vault, CUSTOMER)
