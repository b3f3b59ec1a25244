"""Who published a reference document is whom the account proves, beside whom the command names."""

import pytest

from ops.local.reference import publisher
from shared.errors import BadReference


def test_the_account_stands_beside_the_name() -> None:
    """Anybody can type a name."""
    assert "wu.qing (account ops1)" == publisher("wu.qing", "ops1")


@pytest.mark.parametrize("who", ["", "  ", "wu\nqing", "w" * 201, "\u202ewu"])
def test_a_name_is_one_line(who: str) -> None:
    """It is shown to auditors."""
    with pytest.raises(BadReference, match="--who has to be one line"):
        publisher(who, "ops1")
