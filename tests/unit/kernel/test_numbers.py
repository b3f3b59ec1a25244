"""Case numbers."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from shared.case.numbers import BadCaseNumber, check_digit, checked, number_for


def test_the_check_digit_is_that_of_the_standard() -> None:
    """The worked example of ISO 7064 MOD 11,10."""
    assert 5 == check_digit("0794")


@for_all(st.integers(0, 17), st.integers(1, 9))
@pytest.mark.holds("practice-2")
def test_every_single_mistyped_digit_is_found(place: int, by: int) -> None:
    """Any one digit changed makes the number wrong."""
    number = number_for("bec19512-2a4e-5ecc-b878-6da49376921e", date(2020, 1, 2), lambda _: False)
    digits = [at for at, character in enumerate(number[:-2]) if character.isdigit()]
    at = digits[place]
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]

    assert number == checked(number)
    with pytest.raises(BadCaseNumber):
        checked(wrong)


@pytest.mark.parametrize("wrong", ["{}\n", " {}", "{}-1", "{}", "2{}"])
def test_what_only_looks_like_a_number_is_none(wrong: str) -> None:
    """Not with something around it, nor in digits of another script."""
    number = number_for("bec19512-2a4e-5ecc-b878-6da49376921e", date(2020, 1, 2), lambda _: False)
    if wrong == "{}":
        number = number.replace("2", "２")
    with pytest.raises(BadCaseNumber):
        checked(wrong.format(number))


def test_a_number_that_is_taken_gives_way_to_the_next_of_the_hash() -> None:
    """Two cases never share a number."""
    case = str(uuid4())
    first = number_for(case, date(2020, 1, 2), lambda _: False)
    second = number_for(case, date(2020, 1, 2), lambda number: number == first)

    assert first != second
    assert second == checked(second)
