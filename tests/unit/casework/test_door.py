"""Who has no right to a command is told so before anything is sealed, and after twenty refusals is told to wait."""

from contextlib import ExitStack
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from services.casework.bad_content import InvalidCommand
from services.casework.decisions import COMMANDS
from services.casework.http.door import REFUSALS_LIMIT, Door, RefusedTooOften
from services.casework.http.outcome_folding import evolve
from services.casework.http.outcomes import CaseOutcomes
from services.casework.http.sealed_command import checked, content_of, sealed_command
from shared.contract.events.base import CommandRef
from shared.contract.events.casework import (
    CommandRefused,
)
from shared.process.clock import SteeredClock
from shared.web.problems import MOST_FAULTS
from tests.support.casework import INVESTIGATION, KEY, Case, known
from tests.support.facts import CASE, event

STRANGER = "person:ma.chao"
RECORD = COMMANDS["record-investigation"]


def standing(case: Case) -> CaseOutcomes:
    """What the API knows of the case."""
    state: CaseOutcomes | None = None
    for one in case.events:
        state = evolve(state, one)
    assert state is not None
    return state


def door(case: Case, later: timedelta = timedelta()) -> Door:
    """The door, some time after the case's last fact."""
    clock = SteeredClock()
    clock.set(case.now + later)
    return Door(known(), clock)


def refused(case: Case, times: int, code: str = "not_entitled") -> Case:
    """Somebody is refused so often."""
    for n in range(times):
        ref = CommandRef(name="record-investigation", fingerprint="f")
        fact = event(CommandRefused(command=ref, code=code, pointers=(), about=()), f"refused-{code}-{n}", 0, case.now)
        case.events.append(fact._replace(actor=STRANGER, source="/redress/casework"))
    return case


def test_rights_are_judged_as_the_worker_judges_them() -> None:
    """The handler is let in, a stranger is not; while routing has not answered, the worker alone can say."""
    case = Case()
    content = content_of(RECORD.body, INVESTIGATION)
    asked = door(case)

    assert asked.lets_in(RECORD, CaseOutcomes(case.state, {}), "person:luo.tian", content)
    assert not asked.lets_in(RECORD, CaseOutcomes(case.state, {}), STRANGER, content)
    assert not asked.lets_in(RECORD, CaseOutcomes(case.state, {}), "channel:hotline", content)
    case.does("luo.tian", "refuse-handover", ground="not_competent")
    assert asked.lets_in(RECORD, CaseOutcomes(case.state, {}), STRANGER, content)


def test_of_who_has_no_right_nothing_is_sealed_but_the_same_command_is_known_again() -> None:
    """The attempt goes to the worker without its body; its fingerprint is that of the whole."""
    content = content_of(RECORD.body, INVESTIGATION)
    whole, attempt = (
        sealed_command(
            "record-investigation", content, actor=STRANGER, case=CASE, key="k", secret=KEY, after=0, with_body=b
        )
        for b in (True, False)
    )

    assert {} == attempt.body != whole.body
    assert (whole.id, whole.fingerprint) == (attempt.id, attempt.fingerprint)


def test_twenty_refusals_by_rights_within_an_hour_shut_the_door() -> None:
    """For that subject on that case, until the first of them is an hour old."""
    case = refused(Case(), REFUSALS_LIMIT - 1)
    door(case).check_patience(CASE, standing(case), STRANGER)
    refused(case, REFUSALS_LIMIT)

    door(case).check_patience(CASE, standing(case), "person:luo.tian")
    door(case, timedelta(hours=1)).check_patience(CASE, standing(case), STRANGER)
    with pytest.raises(RefusedTooOften) as found:
        door(case, timedelta(minutes=50)).check_patience(CASE, standing(case), STRANGER)
    assert 600 == found.value.extra["retry_after"]


def test_refusals_by_state_do_not_count() -> None:
    """They are mistakes of somebody who may."""
    case = refused(Case(), REFUSALS_LIMIT + 5, "already_accepted")

    door(case).check_patience(CASE, standing(case), STRANGER)


def test_refusals_that_are_not_in_the_log_yet_count() -> None:
    """A hundred calls at once are not a hundred attempts."""
    case = Case()
    asked = door(case)
    with ExitStack() as under_way:
        for _ in range(REFUSALS_LIMIT):
            asked.check_patience(CASE, standing(case), STRANGER)
            under_way.enter_context(asked.refusing(CASE, STRANGER))
        with pytest.raises(RefusedTooOften):
            asked.check_patience(CASE, standing(case), STRANGER)


def test_the_same_instant_is_the_same_command_however_it_is_written() -> None:
    """In ``at`` and in the body; another instant is another command."""
    record, zone = COMMANDS["record-contact"], ZoneInfo("Asia/Shanghai")

    def fingerprint(at: str, promised: str) -> str:
        said = {"at": at, "way": "phone", "points": "致歉。", "outcome": "reached", "promised_at": promised}
        content = content_of(record.body, said)
        return sealed_command(
            record.name, content, actor=STRANGER, case=CASE, key="k", secret=KEY, after=0, zone=zone
        ).fingerprint

    first = fingerprint("2020-03-05T10:00:00+08:00", "2020-03-06T10:00:00+08:00")
    assert first == fingerprint("2020-03-05T02:00:00Z", "2020-03-06T02:00:00.0Z")
    assert first != fingerprint("2020-03-05T02:00:01Z", "2020-03-06T02:00:00Z")


@pytest.mark.parametrize(("wrong", "told"), [(3, True), (MOST_FAULTS, True), (MOST_FAULTS + 1, False)])
def test_of_a_body_that_is_wrong_in_very_many_places_only_their_number_is_told(wrong: int, told: bool) -> None:
    """Making the list of a hundred thousand faults holds up every other caller for seconds."""
    with pytest.raises(InvalidCommand) as refused:
        checked(COMMANDS["report-result"].body, {"copy_to": [1] * wrong})

    assert (wrong if told else 0) == len(refused.value.pointers)
    assert told or str(wrong) in refused.value.detail
