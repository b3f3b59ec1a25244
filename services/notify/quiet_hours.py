"""Quiet hours hold back what goes to a customer, but for the acknowledgement, until the morning (contract 3). Pure."""

from datetime import datetime, time, timedelta

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""Between these nothing but the acknowledgement goes to a customer, by the bank's clock (contract 3)."""


def is_quiet(local: datetime) -> bool:
    """Whether an instant, by the bank's clock, lies in the quiet hours."""
    return not QUIET_UNTIL <= local.time() < QUIET_FROM


def morning_after(local: datetime) -> datetime:
    """When the quiet hours are over next."""
    morning = local.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)
