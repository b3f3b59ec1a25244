"""One installation with tight bounds, so that an attack need not be large or long."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.process.settings import Settings
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


@pytest.fixture(scope="package")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The installation."""
    data: Path = tmp_path_factory.mktemp("attacked")
    with installed(data, "system", **TIGHT) as settings:
        yield settings
