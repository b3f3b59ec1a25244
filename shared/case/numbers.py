"""Case numbers: ``YYYYMMDD-NNNNNNNNNN-C``, to be dictated over the telephone; a mistyped one is recognised.

Bank date of receipt, ten digits of the case id, and an ISO 7064 MOD 11,10 check digit over all eighteen.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

from shared.errors import RedressError

DIGITS = 10
SHAPE = re.compile(r"(\d{8})-(\d{10})-(\d)", re.ASCII)


class UnknownCase(RedressError):
    """There is no such case: check its number or id."""

    code = "unknown_case"
    status = 404


class NotSeen(UnknownCase):
    """There is no such case: check its number or id."""

    def __init__(self, case_id: str) -> None:
        super().__init__()
        self.case_id = case_id


class BadCaseNumber(RedressError):
    """This is no case number, or a digit of it is wrong: check it against the letter or ask for it again."""

    code = "bad_case_number"
    status = 422


def check_digit(digits: str) -> int:
    """The ISO 7064 MOD 11,10 check digit of a row of decimal digits."""
    product = 10
    for digit in digits:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return (11 - product) % 10


def number_for(case_id: str, received_on: date, taken: Callable[[str], bool]) -> str:
    """The number of a case; where it is taken, the next ten digits of the id's hash."""
    day = received_on.strftime("%Y%m%d")
    digits = f"{UUID(case_id).int % 10**DIGITS:0{DIGITS}d}"
    attempt = 0
    while taken(number := f"{day}-{digits}-{check_digit(day + digits)}"):
        hashed = int.from_bytes(hashlib.sha256(f"{case_id}/{attempt}".encode()).digest()[:8], "big")
        digits = f"{hashed % 10**DIGITS:0{DIGITS}d}"
        attempt += 1
    return number


def checked(number: str) -> str:
    """The number, if shape and check digit are right. Raises BadCaseNumber."""
    match = SHAPE.fullmatch(number)
    if match is None or check_digit(match[1] + match[2]) != int(match[3]):
        raise BadCaseNumber
    return number
