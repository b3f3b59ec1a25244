"""The bank's day of an installation: the command line shows every instant in its zone."""

from datetime import datetime

from ops.local.published_reference import published_reference
from shared.bank.bank_day import BankDay
from shared.bank.in_force import bank_day
from shared.process.settings import Settings


async def day_of(settings: Settings, at: datetime) -> BankDay:
    """The bank's day of an installation. Raises NotYet: no organisation is in force."""
    return bank_day(await published_reference(settings), at)
