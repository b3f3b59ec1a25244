"""An authority that was given until a day: after it somebody has to look again, and the proxy only claims it."""

from datetime import datetime
from typing import Any

import orjson
import pytest

from ops.verify.naive_speakers import speakers as told_naively
from services.routing.decisions import SERVICE
from shared.contract.envelope import Event
from shared.contract.events import EventData
from shared.contract.events.ending import CaseClosed, CaseReopened
from shared.contract.events.routing import DutiesAdded
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from shared.kernel.service import NoLongerDue, Timer
from tests.support.facts import CASE, NOW, SEALED, Given, event, receipt

ENDS = datetime.fromisoformat("2020-04-01T00:00:00+08:00")
LATER = datetime.fromisoformat("2020-07-01T00:00:00+08:00")
PROXY = {
    "name": SEALED, "email": {"label": "complainant.email", "box": "BBBB"},
    "on_behalf_of": {"name": SEALED, "relation": "proxy", "authority": "claimed"},
}  # fmt: skip


class ByProxy:
    """A routed case by a proxy whose authority is proved until the end of March."""

    def __init__(self) -> None:
        received = event(receipt(complainant=PROXY))
        (routed, *_) = Given(SERVICE).when_event(received)
        self.given, self.log = Given(SERVICE), [received]
        self.given.fold(received)
        self.happens(routed, "routed")
        self.happens(proved(ENDS), "proved")

    def happens(self, data: EventData, cause: str, basis: str | None = None) -> Event:
        """A fact is in the log, decided on everything before it unless said otherwise."""
        one = event(data, cause)._replace(basisid=basis)
        self.given.fold(one)
        self.log.append(one._replace(basisid=basis or self.log[-1].id))
        return one

    @property
    def timers(self) -> list[Timer]:
        """What is still to fall due."""
        return list(SERVICE.timers(CASE, self.given.state))

    def falls_due(self) -> DutiesAdded:
        """What routing says when it does."""
        (timer,) = self.timers
        (fact,) = self.given.when(timer, timer.due_at)
        assert isinstance(fact.data, DutiesAdded)
        assert timer.due_at == fact.happened_at
        return fact.data

    @property
    def authority(self) -> str | None:
        """What is known of it; the independent fold says the same."""
        found = self.given.state.core.speakers
        naive = told_naively([plain(one) for one in self.log]) or {}
        assert (found.authority, found.until) == (naive["authority"], naive["until"])
        return str(found.authority)

    @property
    def owed(self) -> list[str | None]:
        """Who owes a look at it."""
        return [duty.terms.debtor.person for duty in self.given.state.core.open_duties("check_authority")]


def plain(one: Event) -> dict[str, Any]:
    """The event as it stands in the log."""
    found = one._asdict() | {"type": f"redress.{one.name}.v{one.version}"}
    return dict(orjson.loads(orjson.dumps(found)))


def proved(ends_at: datetime | None) -> AuthorityChecked:
    """Somebody looked at the papers; the look that is owed is done."""
    case = Given(SERVICE)
    received = event(receipt(complainant=PROXY))
    (routed, *_) = case.when_event(received)
    owed = [duty for duty in routed.duties_opened if duty.kind == "check_authority"]  # type: ignore[attr-defined]
    ended = [{"id": duty.id, "kind": duty.kind, "state": "discharged"} for duty in owed]
    until = {ENDS: "2020-03-31", LATER: "2020-06-30"}.get(ends_at) if ends_at else None
    said = {"authority": "proved", "until": until, "ends_at": ends_at, "duties_ended": ended}
    return AuthorityChecked.model_validate(said)


def test_once_its_last_day_is_over_it_is_only_claimed_and_the_accepting_post_looks_again() -> None:
    """At midnight in the bank's zone, and once."""
    case = ByProxy()
    before = (case.authority, case.owed, [timer.due_at for timer in case.timers])

    case.happens(case.falls_due(), "over")

    assert ("proved", [], [ENDS]) == before
    assert ("claimed", ["lin.fang"], []) == (case.authority, case.owed, case.timers)


def test_without_a_last_day_nothing_runs_out() -> None:
    """Nor where it was proved for longer meanwhile: then the later day counts."""
    case = ByProxy()
    (former,) = case.timers
    case.happens(proved(LATER), "longer")
    with pytest.raises(NoLongerDue):
        case.given.when(former, former.due_at)
    assert [LATER] == [timer.due_at for timer in case.timers]

    case.happens(proved(None), "for good")
    assert [] == case.timers


@pytest.mark.parametrize("first", ["over", "looked at"])
def test_a_look_that_crosses_its_end_counts(first: str) -> None:
    """Whichever lies first in the log, neither having seen the other; the duty that is left is ended by a look."""
    case = ByProxy()
    over, seen = case.falls_due(), case.log[-1].id
    if first == "over":
        case.happens(over, "over", seen)
        case.happens(proved(LATER), "longer", seen)
    else:
        case.happens(proved(LATER), "longer", seen)
        case.happens(over, "over", seen)

    assert ("proved", [LATER]) == (case.authority, [timer.due_at for timer in case.timers])


def test_somebody_else_who_took_his_place_does_not_lose_what_he_proved() -> None:
    """The end of the former one's authority had not seen the change."""
    case = ByProxy()
    over, seen = case.falls_due(), case.log[-1].id
    said = {"proxy": {"name": SEALED}, "relation": "lawyer", "authority": "proved", "removed": [SEALED]}
    case.happens(RepresentativeChanged.model_validate(said), "changed", seen)
    case.happens(over, "over", seen)

    assert "proved" == case.authority


def test_a_case_that_has_ended_waits_for_its_reopening() -> None:
    """Nobody looks at the papers of a closed case; if it is reopened later they have run out at once."""
    case = ByProxy()
    case.happens(CaseClosed(), "closed")
    closed = case.timers
    case.happens(CaseReopened(ground=SEALED, received_at=NOW), "reopened")

    assert [] == closed
    case.happens(case.falls_due(), "over")
    assert "claimed" == case.authority
