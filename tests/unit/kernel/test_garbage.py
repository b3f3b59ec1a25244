"""Python does not look for garbage while partitions are loaded, and does again afterwards."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from shared.process import garbage


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Give the test run its own settings back."""
    thresholds, callbacks = gc.get_threshold(), gc.callbacks[:]
    yield
    gc.callbacks[:] = callbacks
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


def test_what_outlives_a_look_at_everything_is_not_looked_at_again() -> None:
    """A worker that takes in a hundred thousand cases after its start would look through all of them each time."""
    with garbage.loading():
        pass
    kept = [[number] for number in range(1000)]
    before = gc.get_freeze_count()
    gc.collect(garbage.OLDEST)

    assert gc.get_freeze_count() >= before + len(kept)
    assert not any(one is kept for one in gc.get_objects())


def test_garbage_of_before_is_found_before_the_rest_is_put_aside() -> None:
    """What is in no use any more is freed, also in a cycle."""
    with garbage.loading():
        pass
    cycle: list[object] = []
    cycle.append(cycle)
    one = Garbage(cycle)
    gone = weakref.ref(one)
    cycle.append(one)
    del cycle, one
    gc.collect(garbage.OLDEST)

    assert gone() is None


class Garbage(list[object]):
    """Something of which one can see whether it is still there."""


def test_a_load_that_fails_lets_python_look_again() -> None:
    """A broker that goes away while loading leaves no process without its collector."""
    with pytest.raises(ConnectionError), garbage.loading():
        raise ConnectionError

    assert gc.isenabled()
