"""Somebody who has left the bank gets nothing any more: no letter, whatever he is owed or owes."""

import pytest

from tests.support.letter_case import ORGANISATION, LetterCase, breached, noes, published, told, warned


def left(person: str) -> str:
    """The example bank, which somebody left the day before."""
    return ORGANISATION.replace(f"{{id: {person}, ", f"{{id: {person}, until: 2020-03-04, ", 1)


def dropped(person: str) -> str:
    """The example bank as a file that dropped somebody says it: no line and no post of his is left."""
    lines = ORGANISATION.splitlines(keepends=True)
    kept = "".join(line for line in lines if f"{{id: {person}, " not in line)
    return kept.replace(f"holders: [{person}]", "holders: [fan.yi]")


@pytest.mark.parametrize("organisation", [left("luo.tian"), dropped("luo.tian")], ids=["until", "dropped"])
def test_a_handler_who_left_is_not_written_to(organisation: str) -> None:
    """Also where the file does not have him any more: nothing breaks, and the log says why."""
    case = LetterCase()
    case.given.reference = published(organisation)
    letters = case.when(warned())

    assert "luo.tian" not in [to for _, to in told(letters)]
    assert "left" in [why for _, why in noes(letters)]


def test_what_nobody_named_is_there_for_goes_to_whoever_holds_the_post_now() -> None:
    """The accepting person left: the stand-in of the post is told, not he."""
    case = LetterCase()
    case.given.reference = published(left("lin.fang"))
    letters = case.when(breached())

    assert "wu.qing" in [to for _, to in told(letters)]
    assert "lin.fang" not in [to for _, to in told(letters)]
