"""Ids and partitions are written out for speed: they stay equal to what the standard functions answer."""

from uuid import uuid5

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given as for_all
from hypothesis import strategies as st

from shared.contract.envelope import name_and_version
from shared.contract.ids import NAMESPACE, derived
from shared.contract.topics import partition_of
from shared.errors import Unreadable


@for_all(st.lists(st.one_of(st.text(), st.integers()), min_size=1))
def test_a_derived_id_is_the_uuid5_of_its_parts(parts: list[str | int]) -> None:
    """Every UUID library derives the same id from the same name."""
    assert str(uuid5(NAMESPACE, "\x1f".join(map(str, parts)))) == derived(*parts)


@for_all(st.text(), st.integers(min_value=1, max_value=100))
def test_a_key_lies_where_java_and_aiokafka_put_it(key: str, partitions: int) -> None:
    """Murmur2 of the key's bytes, whatever their number."""
    assert (murmur2(key.encode()) & 0x7FFFFFFF) % partitions == partition_of(key, partitions)


def test_a_type_says_its_name_and_version() -> None:
    """Such as CaseRouted, 2."""
    assert ("CaseRouted", 2) == name_and_version("redress.CaseRouted.v2")


@pytest.mark.parametrize("type_", ["CaseRouted.v1", "redress.CaseRouted", "redress.CaseRouted.vx", ""])
def test_a_type_that_is_none_is_unreadable(type_: str) -> None:
    """A foreign record is never taken for an event."""
    with pytest.raises(Unreadable, match="no type of an event"):
        name_and_version(type_)
