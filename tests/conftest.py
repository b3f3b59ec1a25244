"""Fixtures and settings that all tests share."""

import asyncio
import gc
from collections.abc import Callable, Iterator, Mapping

import pytest
import uvloop
from hypothesis import settings

pytest_plugins = [
    "tests.support.broker",
    "tests.support.console_in_process",
    "tests.support.in_parallel",
    "tests.support.own_broker",
    "tests.support.postgres",
    "tests.support.secured_broker",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many random journeys are told (tests/unit/house/test_random_journeys.py), and from which seed on."""
    parser.addoption("--journeys", type=int, default=125, help="how many random journeys are told")
    parser.addoption("--journeys-from", type=int, default=0, help="the seed of the first of them")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests turn the loop that the processes turn: all but the inbox's turn uvloop's."""
    inbox = item.path.name == "test_inbox_work.py"
    return {"asyncio": asyncio.new_event_loop} if inbox else {"uvloop": uvloop.new_event_loop}


settings.register_profile("redress", deadline=None, derandomize=True)  # the same examples everywhere; time says nothing
settings.load_profile("redress")


@pytest.fixture
def nothing_left_open() -> Iterator[None]:
    """A connection or socket that a test leaves open fails this very test, not whichever runs when it is found."""
    yield
    gc.unfreeze()  # a load freezes whatever is there
    gc.collect()
