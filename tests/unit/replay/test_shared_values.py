"""Values that cases have in common are one object each, and those of two services are told apart in one process."""

from typing import NamedTuple

from shared.case.duties import once


class Day(NamedTuple):
    """Names a person and a day, as one service keeps them."""

    person: str | None
    on: str


def test_equal_values_of_one_type_are_one_object() -> None:
    """Made anew, and the same again."""
    assert once(Day(None, "2020-03-10")) is once(Day(None, "2020-03-10"))
    assert once((Day(None, "2020-03-11"),)) is once((Day(None, "2020-03-11"),))


def test_equal_tuples_of_two_types_are_not_one() -> None:
    """Alone, and in a tuple."""
    assert tuple is type(once((None, "2020-03-12")))
    assert Day is type(once(Day(None, "2020-03-12")))
    assert tuple is type(once(((None, "2020-03-13"),))[0])
    assert Day is type(once((Day(None, "2020-03-13"),))[0])
