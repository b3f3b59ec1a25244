"""A log begins only where there is none: whoever has lost its keys does not begin another one over it."""

from collections.abc import Mapping

import pytest

from ops.local.preparing import LogOfOtherKeys, UnsignedLog, check_may_begin
from shared.contract.records import HEADER_MAC, Record
from shared.errors import RedressError


def record(headers: Mapping[str, bytes]) -> Record:
    """A record of reference data that does not count."""
    return Record(0, 0, "organisation/bank", b"{}", dict(headers))


@pytest.mark.parametrize(
    ("headers", "expected"), [({}, UnsignedLog), ({HEADER_MAC: b"of a key that was taken out"}, LogOfOtherKeys)]
)
def test_what_does_not_count_says_why(headers: Mapping[str, bytes], expected: type[RedressError]) -> None:
    """Records of before there were proofs are taken by a setting; those of other keys by putting the keys back."""
    with pytest.raises(expected):
        check_may_begin([record(headers)])


def test_an_empty_log_begins() -> None:
    """As the first start finds it."""
    check_may_begin([])
