"""Every service folds the same core of a case: its life, its owners, its duties. Pure, and small.

An event that opens or ends duties lists them, so folding needs no rule of any channel; ``shared.case.crossings`` says
what counts where two services' facts crossed. One case takes well under a kilobyte: what cases have in common
(places, lists of duties, acts) is one object.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from sys import intern
from typing import NamedTuple

from shared.case.crossings import FINAL, OWNERSHIP, SETTING_ASIDE, overtaken
from shared.case.duties import (
    CASEWORK_SOURCE,
    CountingActs,
    Duty,
    Openings,
    Place,
    all_of,
    end,
    once,
    opened_by,
    opening_of,
    place_of,
    round_of,
    without,
)
from shared.case.duty_kinds import INTERNAL_CLOCK, WATCHED
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by_everybody
from shared.contract.events.stored.casework import (
    AgentNamedData,
    ApprovalGrantedData,
    ApprovalRefusedData,
    ApprovalRequestedData,
    ComplainedUnitDeterminedData,
    ComplaintClassifiedData,
    HandlerReassignedData,
    HandoverRefusedData,
    InvestigationRecordedData,
    PartyConcernedNamedData,
)
from shared.contract.events.stored.intake import ComplaintReceivedData, ReceiptAddedData
from shared.contract.events.stored.routing import CaseEscalatedData, CaseReroutedData, CaseRoutedData
from shared.contract.subjects import person_of

ACCEPTANCE = "HandoverAccepted"
ROUTING = frozenset({"CaseRouted", "CaseRerouted"})
REFUSAL, UNIT = "HandoverRefused", "ComplainedUnitDetermined"
ENDINGS = ("CaseWithdrawn", "CaseNotAccepted", "CaseClosed", "CaseArchived")
CORE_FOLDS = heard_by_everybody()
"""The event types that change what every service knows."""


Before = tuple[Place | None, str | None, tuple[str, ...], tuple[str, ...], int | None, int | None]


class OwnerAct(NamedTuple):
    """An act on who owns the case, and what was so before it: a routing that has not seen it sets it aside.

    ``event``: the id of one that routing answers. ``before``: handler, agent, units that refused, parties concerned,
    and the ordinals of the last act of this type and of the acceptance that it may have undone.
    """

    name: str
    event: str | None
    ordinal: int
    before: Before


class Approval(NamedTuple):
    """Names for a request (the event that asked) who may answer it; once it is answered, who did."""

    request: str
    people: tuple[str, ...]


class CaseCore(NamedTuple):
    """What every service keeps of a case. ``parties``: who is concerned.

    ``counting_acts``: per event type the ordinal of the last one that counts in this round. ``rerouted_ordinal``: that
    of the last routing; ``opened_elsewhere_ordinal``: that of the last event but casework's that opened a duty.
    ``owner_acts``: the acts on who owns the case since the last routing.
    """

    channel: str
    received_at: float
    anonymous: bool
    reachable_by: tuple[str, ...]
    complained_unit: str | None
    reason: str | None
    level: str = "normal"
    parties: tuple[str, ...] = ()
    first_asked: Place | None = None
    accepting: Place | None = None
    handler: Place | None = None
    agent: str | None = None
    escalated_to: Place | None = None
    refused_units: tuple[str, ...] = ()
    openings: Openings = ()
    counting_acts: CountingActs = ()
    rerouted_ordinal: int = -1
    opened_elsewhere_ordinal: int = -1
    owner_acts: tuple[OwnerAct, ...] = ()
    approvals: tuple[Approval, ...] = ()

    def did(self, *names: str) -> bool:
        """Whether one of these event types counts on the case, since it was received or reopened."""
        return any(name in names for name, _ in self.counting_acts)

    def duties(self) -> Iterator[Duty]:
        """Every duty, in the order of opening."""
        return all_of(self.openings)

    def open_duties(self, *kinds: str) -> list[Duty]:
        """The open duties, of these kinds or all."""
        return [d for d in self.duties() if d.state == "open" and (not kinds or d.terms.kind in kinds)]

    @property
    def ended(self) -> bool:
        """Whether the case is over: closed, withdrawn, not accepted or archived."""
        return self.did(*ENDINGS)

    @property
    def customer_known(self) -> bool:
        """Whether there is anybody to answer."""
        return not self.anonymous or bool(self.reachable_by)

    @property
    def life(self) -> str:
        """Where the case stands (contract 1); derived, never set."""
        for act, state in _STATES:
            if self.did(act):
                return state
        if self.did("ResultReported", "SettledOnTheSpot"):
            return "reported"
        if self.did("DecisionMade") and self._reply_ended():
            return "replied"
        if self.did("DecisionMade"):
            return "decided"
        if self.did("CustomerContacted", "InterimReplyGiven", "InvestigationRecorded"):
            return "in_handling"
        if self.did("CaseReopened"):
            return "reopened"
        if self.did("HandoverAccepted"):
            return "accepted"
        return "routed" if self.accepting is not None else "received"

    def _reply_ended(self) -> bool:
        replies = [d for d in self.duties() if d.terms.kind == "reply_customer"]
        return bool(replies) and replies[-1].state == "discharged"

    @property
    def answered(self) -> bool:
        """Whether the customer has had the bank's answer, since the case was received or reopened."""
        return self.did("SettledOnTheSpot", "CustomerReplied") or self._reply_ended()

    @property
    def answer_owed(self) -> bool:
        """Whether a customer waits for the answer: it is owed, or will be as soon as somebody handles the case."""
        if self.open_duties("reply_customer"):
            return True
        return self.handler is None and self.customer_known and not self.answered and not self.ended

    def watched_duties(self) -> list[Duty]:
        """What the bank's own clock waits for, open or ended (contract 3)."""
        watched = [d for d in self.duties() if d.terms.kind in INTERNAL_CLOCK and not self._upper_report(d)]
        return watched or [d for d in self.duties() if d.terms.kind in WATCHED and d.terms.kind not in INTERNAL_CLOCK]

    def clock_open(self) -> bool:
        """Whether something that the bank's own clock waits for is still open."""
        return any(d.state == "open" for d in self.watched_duties())

    def _upper_report(self, duty: Duty) -> bool:
        """Of the reports upward only the lowest belongs to the clock: the one the handler owes."""
        return duty.terms.kind == "report_up" and duty.terms.debtor.post == "general_office"


_STATES = (
    ("CaseArchived", "archived"), ("CaseClosed", "closed"), ("CaseWithdrawn", "withdrawn"),
    ("CaseNotAccepted", "not_accepted"),
)  # fmt: skip


def evolve(core: CaseCore | None, event: Event) -> CaseCore:
    """The case after an event of ``CORE_FOLDS``.

    Raises:
        ValueError: a fact of a case that was never received.
    """
    name = event.name
    if core is None:
        if name != "ComplaintReceived":
            raise ValueError(f"{event.type} of a case that was never received")
        return _received(event)
    if name == "ComplaintReceived" or is_overtaken(core, event):
        return core
    if name in SETTING_ASIDE and _says_who_owns(event):
        core = _set_aside(core, event)
    noted = _noted(core, event) if name in OWNERSHIP else None
    core = _acted(BRANCHES[name](core, event), event)
    core = core if noted is None else core._replace(owner_acts=noted)
    openings = end(core.openings, event, round_of(core.counting_acts))
    opening = opening_of(openings, event, core.counting_acts)
    if opening is None:
        return core if openings is core.openings else core._replace(openings=openings)
    core = core._replace(openings=(*openings, opening))
    elsewhere = event.source != CASEWORK_SOURCE and any(duty["state"] == "open" for duty in opened_by(event))
    return _opened_elsewhere(core, event) if elsewhere else core


def is_overtaken(core: CaseCore, event: Event) -> bool:
    """Whether an event is without effect, since it crossed another service's fact (``shared.case.crossings``)."""
    return overtaken(event.name, event.basis_ordinal, core.rerouted_ordinal, core.opened_elsewhere_ordinal)


def set_aside_by(core: CaseCore, event: Event) -> tuple[OwnerAct, ...]:
    """The acts that a routing sets aside, since neither had seen the other (``shared.case.crossings``, rule 1)."""
    if event.name not in SETTING_ASIDE or not _says_who_owns(event):
        return ()
    return tuple(act for act in core.owner_acts if act.ordinal > event.basis_ordinal)


def _says_who_owns(event: Event) -> bool:
    if event.name != "CaseEscalated":
        return True
    data: CaseEscalatedData = event.data
    return data["mode"] == "takes_over"


def _set_aside(core: CaseCore, event: Event) -> CaseCore:
    """The case without the effect of what the routing had not seen."""
    for act in reversed(set_aside_by(core, event)):
        handler, agent, refused, parties, last, accepted = act.before
        acts = tuple(a for a in core.counting_acts if a[0] not in (act.name, ACCEPTANCE))
        if act.name != ACCEPTANCE and accepted is not None:
            acts = (*acts, once((ACCEPTANCE, accepted)))
        named = () if act.name == REFUSAL else core.parties
        core = core._replace(
            handler=handler,
            agent=agent,
            refused_units=refused,
            parties=_with(parties, [person for person in named if person not in parties]),
            counting_acts=acts if last is None else (*acts, once((act.name, last))),
            openings=without(core.openings, act.ordinal, event.ordinal),
        )
    return core._replace(owner_acts=())


def _noted(core: CaseCore, event: Event) -> tuple[OwnerAct, ...]:
    counting = dict(core.counting_acts)
    last, accepted = counting.get(event.name), counting.get(ACCEPTANCE)
    before = once((core.handler, core.agent, core.refused_units, core.parties, last, accepted))
    id_ = event.id if event.name == REFUSAL else None  # cases that went alike share the rest
    return once((*core.owner_acts, OwnerAct(intern(event.name), id_, event.ordinal, before)))


def _received(event: Event) -> CaseCore:
    data: ComplaintReceivedData = event.data
    matter, by = data["matter"], data["received_by"]
    return CaseCore(
        channel=intern(data["channel"]),
        received_at=datetime.fromisoformat(data["received_at"]).timestamp(),
        anonymous=data["anonymous"],
        reachable_by=once(tuple(data["reachable_by"])),
        complained_unit=intern(matter["complained_unit"]) if matter["complained_unit"] else None,
        reason=intern(matter["reason"]) if matter["reason"] else None,
        parties=once(tuple(matter["complained_persons"])),
        first_asked=once(Place(by["unit"], None, by["person"])) if by["person"] else None,
    )


def adds_to_owners(core: CaseCore, event: Event) -> bool:
    """Whether a further receipt changes who may own the case, or what is owed: routing answers it then.

    It complains about somebody who was no party, there is somebody to answer since it came, or a body passed it on.
    """
    data: ReceiptAddedData = event.data
    named = any(person not in core.parties for person in data["matter"]["complained_persons"])
    known = not core.customer_known and (data["anonymous"] is False or bool(data["reachable_by"]))
    return named or known or (passed_on_by(data) is not None and not core.did("CaseArchived"))


def passed_on_by(data: ComplaintReceivedData | ReceiptAddedData) -> str | None:
    """The body that passed a receipt on to the bank, on whatever channel: its name, else its kind; None for nobody."""
    origin = data["origin"]
    if origin is None or origin["kind"] == "none":
        return None
    return origin["body"] or origin["kind"]


def _receipt_added(core: CaseCore, event: Event) -> CaseCore:
    """The case with whom a further receipt complains about, and with the further ways to reach the customer.

    What sets acts aside that crossed it restores neither.
    """
    data: ReceiptAddedData = event.data
    named = data["matter"]["complained_persons"]
    acts = (act._replace(before=_with_parties(act.before, named)) for act in core.owner_acts)
    return core._replace(
        parties=_with(core.parties, named),
        anonymous=core.anonymous and data["anonymous"] is not False,
        reachable_by=once(tuple(dict.fromkeys((*core.reachable_by, *data["reachable_by"])))),
        owner_acts=tuple(acts) if named else core.owner_acts,
    )


def _with_parties(before: Before, named: list[str]) -> Before:
    handler, agent, refused, parties, last, accepted = before
    return once((handler, agent, refused, _with(parties, named), last, accepted))


def _routed(core: CaseCore, event: Event) -> CaseCore:
    data: CaseRoutedData | CaseReroutedData = event.data
    decision = data["decision"]
    handler = decision["handler"]
    after = place_of(handler) if handler else None
    same = after is not None and core.handler is not None and after.person == core.handler.person
    return core._replace(
        first_asked=place_of(decision["first_asked"]),
        accepting=place_of(decision["accepting"]),
        complained_unit=_unit_after(core, event, decision["complained_unit"]),
        handler=after,
        agent=core.agent if same else None,
        rerouted_ordinal=event.ordinal,
    )


def _unit_after(core: CaseCore, event: Event, unit: str | None) -> str | None:
    """The complained unit after a routing: as it says, unless it was determined meanwhile (rule 3)."""
    meanwhile = any(name == UNIT and at > event.basis_ordinal for name, at in core.counting_acts)
    return core.complained_unit if meanwhile else intern(unit) if unit else None


def _escalated(core: CaseCore, event: Event) -> CaseCore:
    data: CaseEscalatedData = event.data
    above = place_of(data["to"])
    core = core._replace(escalated_to=above)
    if data["mode"] == "takes_over":
        return core._replace(handler=above, agent=None, rerouted_ordinal=event.ordinal)
    return core


def _reassigned(core: CaseCore, event: Event) -> CaseCore:
    data: HandlerReassignedData = event.data
    return core._replace(handler=place_of(data["handler"]), agent=None)


def _agent_named(core: CaseCore, event: Event) -> CaseCore:
    data: AgentNamedData = event.data
    return core._replace(agent=intern(data["agent"]))


def _handover_refused(core: CaseCore, event: Event) -> CaseCore:
    data: HandoverRefusedData = event.data
    person = data["handler"]["person"]
    concerned = [person] if data["ground"] == "party_concerned" and person is not None else []
    refused = once((*core.refused_units, data["handler"]["unit"]))
    return core._replace(refused_units=refused, parties=_with(core.parties, concerned))


def _unit_determined(core: CaseCore, event: Event) -> CaseCore:
    data: ComplainedUnitDeterminedData = event.data
    return core._replace(complained_unit=intern(data["unit"]))


def _party_named(core: CaseCore, event: Event) -> CaseCore:
    data: PartyConcernedNamedData = event.data
    return core._replace(parties=_with(core.parties, [data["person"]]))


def _investigated(core: CaseCore, event: Event) -> CaseCore:
    data: InvestigationRecordedData = event.data
    return core._replace(parties=_with(core.parties, data["parties"]))


def _classified(core: CaseCore, event: Event) -> CaseCore:
    data: ComplaintClassifiedData = event.data
    return core._replace(reason=intern(data["reason"]), level=intern(data["level"]))


def _approval_requested(core: CaseCore, event: Event) -> CaseCore:
    data: ApprovalRequestedData = event.data
    return core._replace(approvals=(*core.approvals, Approval(event.id, once(tuple(data["approvers"])))))


def _approval_answered(core: CaseCore, event: Event) -> CaseCore:
    data: ApprovalGrantedData | ApprovalRefusedData = event.data
    answered = Approval(data["approval"], tuple(filter(None, [person_of(event.actor)])))
    return core._replace(approvals=tuple(answered if a.request == answered.request else a for a in core.approvals))


def _same(core: CaseCore, event: Event) -> CaseCore:
    return core


def _with(parties: tuple[str, ...], more: list[str]) -> tuple[str, ...]:
    return once((*parties, *(person for person in more if person not in parties)))


BRANCHES: dict[str, Callable[[CaseCore, Event], CaseCore]] = {
    "ReceiptAdded": _receipt_added,
    "CaseRouted": _routed,
    "CaseRerouted": _routed,
    "CaseEscalated": _escalated,
    "HandlerReassigned": _reassigned,
    "AgentNamed": _agent_named,
    "HandoverRefused": _handover_refused,
    "ComplainedUnitDetermined": _unit_determined,
    "PartyConcernedNamed": _party_named,
    "InvestigationRecorded": _investigated,
    "ComplaintClassified": _classified,
    "ApprovalRequested": _approval_requested,
    "ApprovalGranted": _approval_answered,
    "ApprovalRefused": _approval_answered,
    **dict.fromkeys(
        (
            "DutiesAdded", "ClockBreached", "MessageSent", "HandoverAccepted", "CustomerContacted", "InterimReplyGiven",
            "SettledOnTheSpot", "SettlementDenied", "DecisionMade", "CustomerReplied", "SatisfactionRecorded",
            "ResultReported",
            "ResultTracked", "TransferringBodyAnswered", "OverrunReasonReported", "OverrunExplained",
            "EscalationRequested", "DutyWaived", "ApprovalRequestWithdrawn", "DeliveryRecorded", "CaseWithdrawn",
            "CaseNotAccepted", "CaseClosed", "CaseArchived", "CaseReopened",
        ),
        _same,
    ),
}  # fmt: skip
"""Per event type how it changes who has the case, who is concerned and what it is about.

Whatever the type, the act counts and the duties that it lists are opened and ended. A test holds the table against the
catalogue: ``ComplaintReceived`` alone is missing, which makes the case.
"""


def _acted(core: CaseCore, event: Event) -> CaseCore:
    """Let the act count. A reopening begins a new round; a reassignment makes the new handler accept anew."""
    if event.source != CASEWORK_SOURCE and event.name not in ROUTING:
        return core
    act = once((intern(event.name), event.ordinal))
    if event.name == "CaseReopened":
        kept = [a for a in core.counting_acts if a[0] in ("HandoverAccepted", *ROUTING)]
        return core._replace(counting_acts=(*kept, act))
    dropped = {event.name}
    if event.name in ("CaseRerouted", "HandlerReassigned"):
        renewed = {duty["kind"] for duty in opened_by(event)}
        dropped |= {"HandoverAccepted"} if "accept_handover" in renewed else set()
    return core._replace(counting_acts=(*(a for a in core.counting_acts if a[0] not in dropped), act))


def _opened_elsewhere(core: CaseCore, event: Event) -> CaseCore:
    """Another service opened a duty: a closing that had not seen it has no effect (crossings, rule 2)."""
    unseen = [at for name, at in core.counting_acts if name in FINAL and at > event.basis_ordinal]
    kept = tuple(a for a in core.counting_acts if a[1] not in unseen)
    openings = core.openings
    for at in unseen:
        openings = without(openings, at, event.ordinal)
    return core._replace(opened_elsewhere_ordinal=event.ordinal, counting_acts=kept, openings=openings)
