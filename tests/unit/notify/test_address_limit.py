"""One address gets so many acknowledgements a day, however it is written; and nothing on disk says which address."""

from datetime import date
from pathlib import Path

import pytest

from services.notify.sending.address_limit import PLACE, AddressLimit, TooManyToAddress

TODAY, TOMORROW = date(2020, 3, 5), date(2020, 3, 6)


def test_an_address_is_one_mailbox_however_it_is_written(tmp_path: Path) -> None:
    """Letter case and what follows a plus sign do not make another one; another mailbox is not counted with it."""
    limit = AddressLimit(tmp_path, 2)
    limit.admit("a@customer.example", "1", TODAY)
    limit.admit("A+x@Customer.example", "2", TODAY)
    limit.admit("b@customer.example", "3", TODAY)

    with pytest.raises(TooManyToAddress):
        limit.admit("a+y@customer.example", "4", TODAY)


def test_a_day_and_a_repetition(tmp_path: Path) -> None:
    """A message is counted once; the next day begins anew; another process of the folder counts with it."""
    AddressLimit(tmp_path, 1).admit("a@customer.example", "1", TODAY)
    AddressLimit(tmp_path, 1).admit("a@customer.example", "1", TODAY)
    with pytest.raises(TooManyToAddress):
        AddressLimit(tmp_path, 1).admit("a@customer.example", "2", TODAY)
    AddressLimit(tmp_path, 1).admit("a@customer.example", "2", TOMORROW)


def test_nothing_on_disk_says_which_address(tmp_path: Path) -> None:
    """Neither in the clear nor for others to read."""
    AddressLimit(tmp_path, 1).admit("somebody@customer.example", "1", TODAY)
    kept = tmp_path / PLACE

    assert b"somebody" not in kept.read_bytes()
    assert 0o600 == kept.stat().st_mode & 0o777
