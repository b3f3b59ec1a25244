"""A case as sla sees it, for unit tests: events come in, sla answers as its session would, the clock moves on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.routing.decisions import SERVICE as ROUTING
from services.sla.case import SlaState
from services.sla.decisions import SERVICE
from shared.bank.reference import Reference
from shared.case.duties import Duty
from shared.contract.envelope import Event
from shared.contract.events import EventData
from shared.contract.events.approving import DutyWaived
from shared.contract.events.base import DutyEnded, DutyOpened, PersonAt, PostAt, Sealed
from shared.contract.events.casework import (
    ComplaintClassified,
    CustomerContacted,
    CustomerReplied,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
)
from shared.contract.events.ending import CaseArchived, CaseClosed, CaseNotAccepted, CaseReopened, CaseWithdrawn
from shared.contract.events.ownership import HandlerReassigned, HandoverAccepted
from shared.contract.events.passing import DispatchPassedDown, MediaAnswered
from shared.contract.events.routing import CaseEscalated, CaseRerouted, DutiesAdded
from shared.contract.ids import duty_id, event_id
from shared.kernel.service import Fact, LogTrigger, NoLongerDue, Timer
from tests.support.facts import CASE, NOW, Given, event, receipt, reference

TEXT = Sealed(label="text", box="AAAA")
HANDLER = PersonAt(unit="dongqiao.lending", person="luo.tian")
OTHER = PersonAt(unit="dongqiao", person="he.yun")
DEBTOR = PostAt(unit="dongqiao.lending", post="unit_head", person="luo.tian")
KNOWN = reference()
"""Read once: nothing changes it."""
MOVED = Given(ROUTING, known=KNOWN).when_event(event(receipt()))[0].model_dump()["decision"]
MOVED |= {"handler": OTHER.model_dump()}
MORE: dict[type[EventData], dict[str, Any]] = {
    HandoverAccepted: {"handler": HANDLER},
    CustomerContacted: {"way": "phone", "points": TEXT, "outcome": "reached"},
    CustomerReplied: {"way": "phone", "content": TEXT, "remedies_told": True},
    ResultReported: {
        "cause_and_findings": TEXT, "treatment_of_persons": TEXT, "lessons_and_measures": TEXT,
        "satisfaction": "satisfied", "handled_at": NOW, "handler_and_phone": TEXT,
    },
    OverrunReasonReported: {"reason": TEXT},
    OverrunExplained: {"words": TEXT, "promised_on": NOW.date()},
    ComplaintClassified: {},
    DutyWaived: {"duty_id": "duty", "ground": TEXT, "approved_by": "lin.fang"},
    CaseWithdrawn: {"received_at": NOW, "way": "phone"},
    CaseNotAccepted: {"ground": "not_this_bank", "signpost": TEXT, "approved_by": "he.yun"},
    CaseClosed: {},
    CaseArchived: {"place": TEXT, "retain_until": NOW.date()},
    CaseReopened: {"ground": TEXT, "received_at": NOW},
    CaseRerouted: {"ground": "party_concerned", "decision": MOVED},
    HandlerReassigned: {"handler": OTHER, "ground": TEXT},
    CaseEscalated: {
        "mode": "takes_over", "rung": "president", "to": OTHER, "ground": "requested",
        "organisation": {"id": "bank", "version": "v"},
    },
    DutiesAdded: {"reason": "added"},
    MediaAnswered: {"kind": "final", "outlet": TEXT, "words": TEXT},
    DispatchPassedDown: {"step": "pass_down", "level": "dongqiao", "to": DEBTOR},
}  # fmt: skip
"""What each act has to say besides what a test is about."""


class SlaCase:
    """One telephone case, received at NOW; ``events`` is its log, ``said`` what sla said, in order."""

    def __init__(
        self,
        known: Reference | None = None,
        *,
        routed: bool = True,
        silent: bool = False,
        entered: datetime = NOW,
        **changes: Any,
    ) -> None:
        """``silent``: sla has said nothing yet of the receipt and the routing. ``entered``: when both were recorded."""
        self.given = Given(SERVICE, known=known or KNOWN)
        self.owed: dict[str, Event] = {}
        self.said: list[Fact] = []
        self.events: list[Event] = []
        self._acts = 0
        self._entered = entered.isoformat()
        self.received = event(receipt(**changes), cause="receipt")._replace(recordedtime=self._entered)
        self.fold(self.received)
        if not silent:
            self.answer()
        if routed:
            self.fold(self.routing())
        if routed and not silent:
            self.answer()

    @property
    def state(self) -> SlaState:
        """The folded state."""
        state = self.given.state
        assert isinstance(state, SlaState)
        return state

    def routing(self) -> Event:
        """Routing's answer to the receipt."""
        routed = Given(ROUTING, known=self.given.reference).when_event(self.received)[0]
        return event(routed, self.received.id)._replace(recordedtime=self._entered)

    # -- what happens ------------------------------------------------------------------------------------

    def act(
        self,
        kind: type[EventData],
        at: datetime = NOW,
        *,
        ends: Iterable[str] = (),
        waives: Iterable[str] = (),
        opens: Iterable[str] = (),
        **data: Any,
    ) -> Event:
        """Somebody's act, decided on everything folded so far; not told yet.

        It ends and opens duties of these kinds; ``kind/level`` is what the general office of a level owes.
        """
        self._acts += 1
        id_ = event_id(kind.producer, CASE, f"act-{self._acts}", 0)
        opened = [_opened(id_, *duty.split("/")) for duty in opens]
        ended = [*self._ended(ends, "discharged"), *self._ended(waives, "waived")]
        listed = {"duties_opened": opened, "duties_ended": ended}
        more = {n: v for n, v in listed.items() if n in kind.model_fields} | MORE.get(kind, {}) | data
        act = event(kind.model_validate(more), f"act-{self._acts}", at=at)
        return act._replace(basisid=self.events[-1].id)

    def _ended(self, kinds: Iterable[str], state: str) -> list[DutyEnded]:
        named = set(kinds)
        found = [d for d in self.state.core.open_duties() if _named(d) in named]
        return [DutyEnded.model_validate({"id": d.id, "kind": d.terms.kind, "state": state}) for d in found]

    def fold(self, one: Event) -> None:
        """The event is in the log; sla has not answered it yet."""
        owes = self.given.owes(one)
        for id_ in self.given.discharged(one):
            self.owed.pop(id_, None)
        if one.source == "/redress/sla":
            self.owed.pop(one.causationid, None)
        self.given.fold(one)
        self.events.append(one)
        if owes:
            self.owed[one.id] = one

    def answer(self, now: datetime | None = None) -> list[EventData]:
        """Sla answers everything it owes, in log order; its own facts are folded and answered as well."""
        said: list[EventData] = []
        while self.owed:
            cause = next(iter(self.owed.values()))
            facts = self.given.when(LogTrigger(cause), now or cause.recorded_at)
            assert facts, f"{cause.type} was owed an answer"
            said += self._say(facts, cause.id, now or cause.recorded_at)
        return said

    def tell(self, one: Event, recorded: datetime | None = None) -> list[EventData]:
        """The event comes in, perhaps recorded later than it happened; what sla answers."""
        self.fold(one if recorded is None else one._replace(recordedtime=recorded.isoformat()))
        return self.answer()

    def did(
        self, kind: type[EventData], at: datetime = NOW, recorded: datetime | None = None, **more: Any
    ) -> list[EventData]:
        """Somebody's act, told at once; what sla answers."""
        return self.tell(self.act(kind, at, **more), recorded)

    def _say(self, facts: Iterable[Fact], cause: str, now: datetime) -> list[EventData]:
        said = list(facts)
        for position, fact in enumerate(said):
            made = event(fact.data, cause, position, fact.happened_at or now)
            self.fold(made._replace(recordedtime=now.isoformat()))
        self.said += said
        return [fact.data for fact in said]

    # -- the clock ---------------------------------------------------------------------------------------

    def timers(self) -> list[Timer]:
        """What is still to fire, in due order."""
        return list(SERVICE.timers(CASE, self.state))

    def due(self, upto: datetime) -> list[Timer]:
        """What a tick finds."""
        return [timer for timer in self.timers() if timer.due_at <= upto]

    def fire(self, *timers: Timer, now: datetime | None = None) -> list[EventData]:
        """Sla answers timers that a tick found, and what its answers call for; one that nobody calls for is let go."""
        said: list[EventData] = []
        for timer in timers:
            at = now or timer.due_at
            try:
                facts = self.given.when(timer, at)
            except NoLongerDue:
                continue
            said += self._say(facts, timer.id, at)
            said += self.answer(at)
        return said

    def advance(self, to: datetime) -> list[EventData]:
        """The clock moves from due instant to due instant, as a steered one does."""
        said: list[EventData] = []
        while due := self.due(to):
            said += self.fire(*[timer for timer in due if timer.due_at == due[0].due_at])
        return said

    def clocks(self, *milestones: str) -> list[dict[str, Any]]:
        """The clocks as a rebuild has to have them, of these milestones or all."""
        found: list[dict[str, Any]] = SERVICE.dump(self.state)["clocks"]
        return [clock for clock in found if not milestones or clock["milestone"] in milestones]


def _opened(opened_by: str, kind: str, level: str | None = None) -> DutyOpened:
    debtor = PostAt(unit=level, post="general_office") if level else DEBTOR
    return DutyOpened(id=duty_id(opened_by, kind, level), kind=kind, debtor=debtor, creditor="customer", level=level)


def _named(duty: Duty) -> str:
    return f"{duty.terms.kind}/{duty.terms.level}" if duty.terms.level else duty.terms.kind


def names(facts: Iterable[EventData]) -> list[tuple[str, str]]:
    """Type and milestone of each of sla's facts."""
    return [(type(fact).__name__, str(getattr(fact, "milestone", ""))) for fact in facts]


def at(text: str) -> datetime:
    """An instant of March 2020 in the bank's zone, such as "06 14:00"."""
    return datetime.fromisoformat(f"2020-03-{text}:00+08:00")


DUE = at("11 00:00")
"""When the limit of an ordinary case received at NOW ends."""
REOPENED = ("contact_customer", "handle", "reply_customer", "report_result", "track_result", "archive")
"""What a reopening opens."""


def said(facts: list[EventData], kind: type[EventData], milestone: str = "reply") -> Any:
    """The one fact of a type about a milestone."""
    found = [fact for fact in facts if isinstance(fact, kind) and getattr(fact, "milestone", "") == milestone]
    assert 1 == len(found), names(facts)
    return found[0]


def own(case: SlaCase) -> dict[str, Any]:
    """The first of the bank's own clocks."""
    return case.clocks("reply")[0]


def replied(when: datetime, **case: Any) -> SlaCase:
    """A case whose customer has the answer; the report is still owed."""
    found = SlaCase(**case)
    found.advance(when)
    found.did(CustomerReplied, when, ends=["reply_customer", "handle"])
    return found
