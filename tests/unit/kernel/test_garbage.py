"""Python does not look for garbage while partitions are loaded, and does again afterwards."""

import gc
from collections.abc import Iterator

import pytest

from shared.process import garbage


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Give the test run its own settings back."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    gc.enable()


def test_the_last_of_several_loads_lets_python_look_again() -> None:
    """Partitions are loaded side by side: the first that is done must not slow the others."""
    with garbage.loading():
        with garbage.loading():
            assert not gc.isenabled()
        assert not gc.isenabled()

    assert gc.isenabled()
    assert garbage.SELDOM == gc.get_threshold()
    assert gc.get_freeze_count() > 0


def test_a_load_that_fails_lets_python_look_again() -> None:
    """A broker that goes away while loading leaves no process without its collector."""
    with pytest.raises(ConnectionError), garbage.loading():
        raise ConnectionError

    assert gc.isenabled()
