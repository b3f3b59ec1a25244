"""What processes ask each other is answered on their own machine only."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.web import problems
from shared.web.serving import health_routes

OPEN = ("/health/live", "/health/ready", "/metrics")
INTERNAL = ("/internal/settled", "/internal/cases")


async def no_cases() -> AsyncIterator[tuple[str, Any]]:
    """A process that folds nothing."""
    for one in dict[str, Any]().items():
        yield one


async def statuses(caller: str, addresses: tuple[str, ...]) -> list[int]:
    """The status of each address for a caller at this address."""
    app = FastAPI(openapi_url=None)
    problems.install(app)
    app.include_router(health_routes(lambda: True, dict, no_cases))
    transport = httpx.ASGITransport(app, client=(caller, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        return [(await client.get(address)).status_code for address in addresses]


@pytest.mark.parametrize("caller", ["127.0.0.1", "::1"])
async def test_this_machine_may_ask_everything(caller: str) -> None:
    """The steered clock, ``redress status`` and ``rebuild verify`` do."""
    assert [200] * 5 == await statuses(caller, OPEN + INTERNAL)


@pytest.mark.parametrize("caller", ["192.0.2.7", "2001:db8::7"])
async def test_others_may_ask_how_it_is_and_nothing_else(caller: str) -> None:
    """A balancer and Prometheus look in from elsewhere; for them the rest is not there."""
    assert [200] * 3 == await statuses(caller, OPEN)
    assert [404] * 2 == await statuses(caller, INTERNAL)
