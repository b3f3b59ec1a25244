"""One address gets so many acknowledgements a day, however it is written; and nothing on disk says which address."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from services.notify.sending.address_limit import PLACE, AddressLimit, TooManyToAddress

TODAY, TOMORROW = date(2020, 3, 5), date(2020, 3, 6)


async def test_an_address_is_one_mailbox_however_it_is_written(tmp_path: Path) -> None:
    """Letter case and what follows a plus sign do not make another one; another mailbox is not counted with it."""
    limit = AddressLimit(tmp_path, 2)
    await limit.admit("a@customer.example", "1", TODAY)
    await limit.admit("A+x@Customer.example", "2", TODAY)
    await limit.admit("b@customer.example", "3", TODAY)

    with pytest.raises(TooManyToAddress):
        await limit.admit("a+y@customer.example", "4", TODAY)


async def test_a_day_and_a_repetition(tmp_path: Path) -> None:
    """A message is counted once; the next day begins anew; another process of the folder counts with it."""
    await AddressLimit(tmp_path, 1).admit("a@customer.example", "1", TODAY)
    await AddressLimit(tmp_path, 1).admit("a@customer.example", "1", TODAY)
    with pytest.raises(TooManyToAddress):
        await AddressLimit(tmp_path, 1).admit("a@customer.example", "2", TODAY)
    await AddressLimit(tmp_path, 1).admit("a@customer.example", "2", TOMORROW)


async def test_nothing_on_disk_says_which_address(tmp_path: Path) -> None:
    """Neither in the clear nor for others to read."""
    await AddressLimit(tmp_path, 1).admit("somebody@customer.example", "1", TODAY)
    kept = tmp_path / PLACE

    files = list(kept.parent.iterdir())
    assert kept in files
    assert not any(b"somebody" in file.read_bytes() for file in files)
    assert {0o600} == {file.stat().st_mode & 0o777 for file in files}


async def test_those_that_leave_at_once_are_counted_together(tmp_path: Path) -> None:
    """Of five at the same time to one address two leave, and each of the others hears why not."""
    limit = AddressLimit(tmp_path, 2)
    letters = (limit.admit("a@customer.example", str(number), TODAY) for number in range(5))
    answers = await asyncio.gather(*letters, return_exceptions=True)

    assert [None, None, *[TooManyToAddress] * 3] == [answer and type(answer) for answer in answers]
