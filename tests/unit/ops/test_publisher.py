"""Who published a reference document is whom the account proves, beside whom the command names."""

from dataclasses import replace

import pytest

from ops.local.reference import Published, as_it_lies, publisher
from shared.bank.reference import ReferenceDocument
from shared.errors import BadReference
from tests.support.facts import NOW


def test_the_account_stands_beside_the_name() -> None:
    """Anybody can type a name."""
    assert "wu.qing (account ops1)" == publisher("wu.qing", "ops1")


@pytest.mark.parametrize("who", ["", "  ", "wu\nqing", "w" * 201, "\u202ewu"])
def test_a_name_is_one_line(who: str) -> None:
    """It is shown to auditors."""
    with pytest.raises(BadReference, match="--who has to be one line"):
        publisher(who, "ops1")


def test_a_version_that_came_in_at_the_last_moment_was_not_compared_with() -> None:
    """Also where it is of the same instant; what is of another kind or id does not matter."""
    before, other, mine = (
        ReferenceDocument("organisation", "bank", version, NOW, "", NOW, "ops", "") for version in ("v1", "v2", "v3")
    )
    beside = replace(other, kind="pack")

    assert Published(mine, before, compared=True) == as_it_lies(mine, [before], [before, beside, mine])
    assert Published(mine, other, compared=False) == as_it_lies(mine, [before], [before, other, mine])
    assert Published(before, None, compared=True) == as_it_lies(before, [], [before, other])
