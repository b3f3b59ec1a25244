"""Running installations to attack: one with tight bounds, and one whose data folder was open to others before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.process.settings import Settings
from tests.acceptance.test_telephone import START
from tests.support.installation import installed

TIGHT = {
    "REDRESS_HTTP_CONNECTIONS": "120",
    "REDRESS_HTTP_CONNECTIONS_PER_ADDRESS": "50",
    "REDRESS_HTTP_HEADER_SECONDS": "2",
    "REDRESS_HTTP_CHUNK_SECONDS": "2",
    "REDRESS_HTTP_BODY_SECONDS": "4",
    "REDRESS_HTTP_WRITE_SECONDS": "2",
    "REDRESS_HTTP_IDLE_SECONDS": "2",
    "REDRESS_HTTP_REQUESTS_PER_MINUTE": "400",
    "REDRESS_BROKERS_AWAY_SECONDS": "4",
}


@pytest.fixture(scope="module")
def old_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A running bank, started on a data folder that a former version left open to others.

    One a file: of what is forged in a flood a process tells one by one up to a number only.
    """
    data = tmp_path_factory.mktemp("attacked") / "data"
    (data / "logs").mkdir(parents=True)
    (data / "logs" / "from-before.log").write_text("what was written before\n")
    for path, mode in ((data, 0o755), (data / "logs", 0o755), (data / "logs" / "from-before.log", 0o644)):
        path.chmod(mode)
    with installed(data, f"steered:{START}") as settings:
        yield settings


@pytest.fixture(scope="package")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A running bank with tight bounds, so that an attack need not be large or long."""
    data: Path = tmp_path_factory.mktemp("attacked")
    with installed(data, "system", **TIGHT) as settings:
        yield settings
