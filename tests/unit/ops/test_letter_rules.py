"""Redriving goes by case and in order; what follows waits, what is no use is refused, and a second person agrees."""

from datetime import date

import pytest

from ops.local.letter_rules import (
    MOST_ALONE,
    MOST_FAILURES,
    Decision,
    ahead,
    check_people,
    in_order,
    needs_second,
    plan,
)
from shared.bank.organisation_file import parse_organisation
from shared.contract.letter_standings import Standing
from shared.errors import BadReference
from tests.support.letters import failed, letter, step
from tests.support.paths import ROOT

ORGANISATION = parse_organisation((ROOT / "deploy/organisation/dongqiao.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 5)
DECISION = Decision("luo.tian", "root", "new version", "INC-1")
SAID = {"who": "person:luo.tian", "why": "new version", "ticket": "INC-1"}


def planned(letters: list[Standing], *chosen: int, decision: Decision = DECISION) -> dict[str, str | None]:
    """Per chosen letter why nothing is done about it."""
    ids = {letters[at].letter.id for at in chosen}
    return {one.standing.letter.id: one.refused for one in plan(ids, letters, decision)}


def test_letters_are_in_order_by_case_whoever_told_of_them() -> None:
    """The case first that was told of first."""
    letters = [letter(at, case) for at, case in ((4, "a"), (1, "b"), (2, "a"), (3, "b"))]

    assert [1, 3, 2, 4] == [one.letter.at for one in in_order(letters)]


def test_a_follower_waits_for_the_letter_before_it() -> None:
    """Unless that is redriven with it, or nothing waits for it any more."""
    letters = [letter(0, "a"), letter(1, "a", "casework", "command"), letter(2, "b")]

    assert {"letter-1": "waits behind letter-0", "letter-2": None} == planned(letters, 1, 2)
    assert {"letter-0": None, "letter-1": None} == planned(letters, 0, 1)
    assert letters[0] is ahead(letters).get(letters[1].letter.id)
    letters[0].steps.append(step(letters[0], "settled"))
    assert {"letter-1": None} == planned(letters, 1)
    assert None is ahead(letters).get(letters[1].letter.id)


def test_what_several_services_tell_of_one_record_follows_nobody_of_each_other() -> None:
    """Each reads it for itself."""
    letters = [letter(at, "a", of, "unreadable", cause="0:7") for at, of in enumerate(("routing", "sla"))]
    later = letter(2, "a", "casework", "command")
    found = plan({one.letter.id for one in (*letters, later)}, [*letters, later], DECISION)

    assert {"letter-1": None} == planned(letters, 1)
    assert [0, 0, 1] == [one.matter for one in found]


def test_what_nobody_of_ours_wrote_is_never_tried_and_holds_nobody_up() -> None:
    """It may name any case."""
    letters = [letter(0, "a", kind="unproven"), letter(1, "a")]

    assert {"letter-1": None} == planned(letters, 0, 1)


def test_what_failed_too_often_is_refused_with_the_reason_unless_said_otherwise() -> None:
    """A redrive that was asked for and not answered is no failure."""
    one = failed(letter(0), MOST_FAILURES, who="person:jin.hao", why="try")
    follower = letter(1)
    why = "redriven 3 times in vain, last with still_so: mend that, then say --again"

    assert {"letter-0": why, "letter-1": "waits behind letter-0"} == planned([one, follower], 0, 1)
    assert {"letter-0": None} == planned([one], 0, decision=DECISION._replace(again=True))
    assert {"letter-0": None} == planned([failed(letter(0), MOST_FAILURES - 1, why="try")], 0)
    one.steps.append(step(one, "redrive_asked", MOST_FAILURES + 1))
    assert {"letter-0": None} == planned([one], 0)


@pytest.mark.parametrize(
    "other", [{"why": "another"}, {"who": "jin.hao"}, {"ticket": None}, {"approved_by": "jin.hao"}]
)
def test_one_decision_tries_a_letter_once(other: dict[str, str | None]) -> None:
    """Whoever is killed halfway and runs it again tries what he has not tried; another decision tries it once more."""
    letters = [failed(letter(0, "a"), 1, **SAID), letter(1, "b")]
    why = "failed by this very decision, with still_so: mend that, then decide anew, or say --again"

    assert {"letter-0": why, "letter-1": None} == planned(letters, 0, 1)
    assert {"letter-0": None} == planned(letters, 0, decision=Decision(**DECISION._asdict() | other))


def test_what_was_set_aside_is_tried_only_where_it_is_chosen() -> None:
    """It holds nobody up any more."""
    letters = [letter(0, "a"), letter(1, "a")]
    letters[0].steps.append(step(letters[0], "discarded"))

    assert {"letter-1": None} == planned(letters, 1)
    assert {"letter-0": None} == planned(letters, 0)


def test_a_second_person_agrees_to_more_than_a_hundred_letters() -> None:
    """One may decide about a hundred."""
    assert None is needs_second(MOST_ALONE)
    assert "101 letters are more than 100" == needs_second(MOST_ALONE + 1)


@pytest.mark.parametrize(
    ("who", "approved_by", "needed", "refused"),
    [
        ("luo.tian", None, None, None),
        ("luo.tian", "jin.hao", "so many", None),
        ("luo.tian", None, "so many", "so many: name the second person"),
        ("luo.tian", "luo.tian", "so many", "--approved-by luo.tian: nobody agrees with himself"),
        ("luo.tian", "luo.tian", None, "nobody agrees with himself"),
        ("root", None, None, "--who root: nobody of that id"),
        ("luo.tian", "root", None, "--approved-by root: nobody of that id"),
    ],
)
def test_two_different_people_of_the_bank_decide(
    who: str, approved_by: str | None, needed: str | None, refused: str | None
) -> None:
    """An account of a machine is nobody."""
    if refused is None:
        check_people(ORGANISATION, TODAY, who, approved_by, needed)
        return
    with pytest.raises(BadReference, match=refused):
        check_people(ORGANISATION, TODAY, who, approved_by, needed)
