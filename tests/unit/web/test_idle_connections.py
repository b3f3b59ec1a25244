"""A connection outlives what its caller keeps of it: else a request goes out on one that is just being closed."""

import httpx

from shared.process.settings import Settings

NGINX_KEEPS_SECONDS = 60.0
"""How long nginx keeps a connection to a server behind it, unless told otherwise."""


def test_the_server_is_the_last_to_close_an_idle_connection() -> None:
    """After a common client of Python, and after a common proxy."""
    idle = Settings.model_fields["http_idle_seconds"].default

    assert idle > (httpx.Limits().keepalive_expiry or 0)
    assert idle > NGINX_KEEPS_SECONDS
