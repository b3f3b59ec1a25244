"""Every service folds the same core of a case: its life, its owners, its duties. Pure, and small.

An event that opens or ends duties lists them, so folding needs no rule of any channel; ``shared.case.crossings`` says
what counts where two services' facts crossed. One case takes well under a kilobyte: what cases have in common
(places, lists of duties, acts) is one object.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from sys import intern
from typing import NamedTuple

from shared.case import agreements
from shared.case.agreements import NOTHING_AGREED, Agreements, Choice, Plan
from shared.case.crossings import FINAL, OWNERSHIP, SETTING_ASIDE, overtaken
from shared.case.duties import (
    CASEWORK_SOURCE,
    CountingActs,
    Duty,
    Openings,
    Place,
    Terms,
    all_of,
    end,
    once,
    opened_by,
    opening_of,
    place_of,
    states_of,
    without,
)
from shared.case.duty_kinds import ANSWER, EXECUTE_REMEDY, INTERNAL_CLOCK, REPORT_UP, WATCHED
from shared.case.late_timers import AUTHORITY_ENDED
from shared.case.levels import NO_CHAINS, Chains, is_lowest_report
from shared.case.second_looks import NONE, SecondLooks
from shared.case.speakers import (
    CLAIMED,
    NewProxy,
    Speakers,
    authority_checked,
    authority_ended,
    proxy_corrected,
    representative_changed,
    speakers_added,
    speakers_received,
)
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by_everybody
from shared.contract.events.stored.agreements import NegotiationPlanAnsweredData, NegotiationPlanOfferedData
from shared.contract.events.stored.casework import (
    AgentNamedData,
    ApprovalGrantedData,
    ApprovalRefusedData,
    ApprovalRequestedData,
    ComplainedUnitDeterminedData,
    ComplaintClassifiedData,
    DecisionMadeData,
    DissatisfactionReviewedData,
    HandlerReassignedData,
    HandoverRefusedData,
    InvestigationRecordedData,
    PartyConcernedNamedData,
    SettledOnTheSpotData,
)
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ComplaintReceivedData, ReceiptAddedData
from shared.contract.events.stored.parts import RemedyData
from shared.contract.events.stored.routing import CaseEscalatedData, CaseReroutedData, CaseRoutedData, DutiesAddedData
from shared.contract.events.stored.speakers import AuthorityCheckedData, RepresentativeChangedData
from shared.contract.receipt_pointers import ORIGIN_BODY, ORIGIN_KIND, RECEIVED_AT, reached_after
from shared.contract.subjects import person_of

ACCEPTANCE = "HandoverAccepted"
ROUTING = frozenset({"CaseRouted", "CaseRerouted"})
REFUSAL, UNIT = "HandoverRefused", "ComplainedUnitDetermined"
REVISION = "DecisionRevised"
ON_AUTHORITY = ("AuthorityChecked", "RepresentativeChanged")
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


class Seldom(NamedTuple):
    """Holds what few cases have, so that all others share one object.

    ``agreed``: what bank and customer agree on. ``speakers``: who speaks, where that is not just the customer.
    ``approvals``: what was asked for. ``added_by``: the people of the bank who registered further receipts.
    """

    agreed: Agreements = NOTHING_AGREED
    speakers: Speakers | None = None
    approvals: tuple[Approval, ...] = ()
    added_by: tuple[str, ...] = ()


NOTHING_SELDOM = Seldom()


class CaseCore(NamedTuple):
    """What every service keeps of a case. ``parties``: who is concerned.

    ``counting_acts``: per event type the ordinal of the last one that counts in this round. ``rerouted_ordinal``: that
    of the last routing; ``opened_elsewhere_ordinal``: that of the last event but casework's that opened a duty.
    ``owner_acts``: the acts on who owns the case since the last routing. ``looks``: its level, and what second looks at
    it found. ``chains``: the levels that it goes through. ``seldom``: what few cases have.
    """

    channel: str
    received_at: float
    anonymous: bool
    reachable_by: tuple[str, ...]
    complained_unit: str | None
    reason: str | None
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
    looks: SecondLooks = NONE
    chains: Chains = NO_CHAINS
    seldom: Seldom = NOTHING_SELDOM

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """What was asked for, each with who may answer it, or who did."""
        return self.seldom.approvals

    @property
    def added_by(self) -> tuple[str, ...]:
        """The people of the bank who registered further receipts."""
        return self.seldom.added_by

    @property
    def agreed(self) -> Agreements:
        """What bank and customer agree on."""
        return self.seldom.agreed

    @property
    def speakers(self) -> Speakers | None:
        """Who speaks, where that is not just the customer."""
        return self.seldom.speakers

    def did(self, *names: str) -> bool:
        """Whether one of these event types counts on the case, since it was received or reopened."""
        return any(name in names for name, _ in self.counting_acts)

    def last(self, *names: str) -> int:
        """The ordinal of the last event of these types that counts in this round; -1 where none does."""
        return max((at for name, at in self.counting_acts if name in names), default=-1)

    @property
    def level(self) -> str:
        """The complaint's level."""
        return self.looks.level

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
        if self.speakers is not None and self.speakers.nobody:
            return False
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
        """Whether the customer has had the bank's answer, since the case was received or reopened.

        An answer to a decision that was revised since counts only where no other one is owed.
        """
        told = self.last("SettledOnTheSpot", "CustomerReplied")
        counts = told > self.last(REVISION) or not self.open_duties(ANSWER)
        return (told >= 0 and counts) or self._reply_ended()

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
        return duty.terms.kind == REPORT_UP and not is_lowest_report(self.chains, duty.terms)


COMMON = (
    tuple[str, ...], tuple[int, ...], tuple[str, int], tuple[Terms, ...], Place, Before, SecondLooks, Chains, Seldom,
)  # fmt: skip
"""The types of the parts that cases which went alike have in common."""
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
    openings = end(core.openings, event, core.counting_acts)
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
        seldom=_spoken(speakers_received(data["complainant"], data["group"])),
    )


def adds_to_owners(core: CaseCore, event: Event) -> bool:
    """Whether a further receipt changes who may own the case, or what is owed: routing answers it then.

    It complains about somebody who was no party, there is somebody to answer since it came, a body passed it on, or
    somebody speaks on the customer's behalf who has not proved it.
    """
    data: ReceiptAddedData = event.data
    named = any(person not in core.parties for person in data["matter"]["complained_persons"])
    known = not core.customer_known and (data["anonymous"] is False or bool(data["reachable_by"]))
    claimed = not core.did("CaseArchived") and _claims_authority(core, data)
    return named or known or claimed or (passed_on_by(data) is not None and not core.did("CaseArchived"))


def _claims_authority(core: CaseCore, data: ReceiptAddedData) -> bool:
    """Whether a further receipt brings somebody whose authority has to be looked at, which nobody was asked to yet."""
    before, after = core.speakers, _speakers_after(core, data)
    open_before = before is not None and before.authority == CLAIMED
    return after is not None and after.authority == CLAIMED and not open_before


def _spoken(speakers: Speakers | None, before: Seldom = NOTHING_SELDOM) -> Seldom:
    """What few cases have, with who speaks; cases on which just the customer does share it."""
    return before if speakers == before.speakers else before._replace(speakers=speakers)


def _registered(before: Seldom, event: Event) -> Seldom:
    """What few cases have, with who of the bank registered a further receipt."""
    person = person_of(event.actor)
    known = before.added_by
    return before if person is None or person in known else before._replace(added_by=(*known, person))


def _seldom(core: CaseCore, agreed: Agreements) -> CaseCore:
    before = core.seldom
    return core if agreed == before.agreed else core._replace(seldom=before._replace(agreed=agreed))


def _speakers_after(core: CaseCore, data: ReceiptAddedData) -> Speakers | None:
    return speakers_added(core.speakers, not core.anonymous, data["complainant"], data["group"])


def passed_on_by(data: ComplaintReceivedData | ReceiptAddedData) -> str | None:
    """The body that passed a receipt on to the bank, on whatever channel: its name, else its kind; None for nobody."""
    origin = data["origin"]
    if origin is None or origin["kind"] == "none":
        return None
    return origin["body"] or origin["kind"]


def says_who_passed_on(event: Event) -> bool:
    """Whether a correction says who passed the complaint on: who is owed an answer is then judged anew."""
    data: ReceiptCorrectedData = event.data
    return data["pointer"] in (ORIGIN_KIND, ORIGIN_BODY)


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
        seldom=_registered(_spoken(_speakers_after(core, data), core.seldom), event),
    )


def _receipt_corrected(core: CaseCore, event: Event) -> CaseCore:
    """The case with how the customer is reached, and when the complaint was received, as they are put right."""
    data: ReceiptCorrectedData = event.data
    pointer, value = data["pointer"], data["value"]
    if pointer == RECEIVED_AT and isinstance(value, str):
        return core._replace(received_at=datetime.fromisoformat(value).timestamp())
    if core.speakers is not None and not isinstance(value, str | int):
        core = core._replace(seldom=_spoken(proxy_corrected(core.speakers, pointer, value), core.seldom))
    reached = reached_after(core.reachable_by, pointer, value)
    return core if reached == core.reachable_by else core._replace(reachable_by=once(reached))


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
        chains=once(Chains(once(tuple(decision["dispatch_chain"])), once(tuple(decision["report_chain"])))),
    )


def _first_routed(core: CaseCore, event: Event) -> CaseCore:
    """The case with its owners; one that is major from the start has that level."""
    data: CaseRoutedData = event.data
    core = _routed(core, event)
    return _flagged(core, event) if data["major"] else core


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
    return core._replace(reason=intern(data["reason"]), looks=core.looks.classified(intern(data["level"])))


def _flagged(core: CaseCore, event: Event) -> CaseCore:
    return core._replace(looks=core.looks.flagged())


def _reviewed(core: CaseCore, event: Event) -> CaseCore:
    data: DissatisfactionReviewedData = event.data
    return core._replace(looks=core.looks.reviewed(data["outcome"]))


def _approval_requested(core: CaseCore, event: Event) -> CaseCore:
    data: ApprovalRequestedData = event.data
    asked = (*core.approvals, Approval(event.id, once(tuple(data["approvers"]))))
    return core._replace(seldom=core.seldom._replace(approvals=asked))


def _approval_answered(core: CaseCore, event: Event) -> CaseCore:
    data: ApprovalGrantedData | ApprovalRefusedData = event.data
    answered = Approval(data["approval"], tuple(filter(None, [person_of(event.actor)])))
    known = tuple(answered if a.request == answered.request else a for a in core.approvals)
    return core._replace(seldom=core.seldom._replace(approvals=known))


def _plan_offered(core: CaseCore, event: Event) -> CaseCore:
    data: NegotiationPlanOfferedData = event.data
    at = event.happened_at.timestamp()
    plan = Plan(event.id, data["plan_version"], at, (), tuple(map(intern, data["ways"])), tuple(data["times"]), ())
    return _seldom(core, agreed=agreements.offered(core.agreed, plan, data["steps"], data["remedies"]))


def _plan_answered(core: CaseCore, event: Event) -> CaseCore:
    data: NegotiationPlanAnsweredData = event.data
    choice = Choice(data["answer"], data["way"], data["at_time"], data["remind_at"])
    at, states = event.happened_at.timestamp(), states_of(core.duties(), EXECUTE_REMEDY)
    return _seldom(core, agreed=agreements.answered(core.agreed, data["plan"], choice, at, states))


def _settled(core: CaseCore, event: Event) -> CaseCore:
    data: SettledOnTheSpotData = event.data
    return _granted(core, event, "settlement", [data["settlement"]["remedy"]])


def _decided(core: CaseCore, event: Event) -> CaseCore:
    data: DecisionMadeData = event.data
    return _granted(core, event, "decision", data["remedies_offered"])


def _revised(core: CaseCore, event: Event) -> CaseCore:
    core = _decided(core, event)
    return core._replace(looks=core.looks.revised(event.id))


def _granted(core: CaseCore, event: Event, how: agreements.How, remedies: list[RemedyData]) -> CaseCore:
    """The case with what a decision or settlement grants; one that revises another takes its place."""
    by, states = (event.id, how, event.happened_at.timestamp()), states_of(core.duties(), EXECUTE_REMEDY)
    revises = event.name == "DecisionRevised"
    core = core._replace(looks=core.looks.decided(person_of(event.actor)))
    return _seldom(core, agreed=agreements.granted(core.agreed, by, remedies, states, revises=revises))


def _reopened(core: CaseCore, event: Event) -> CaseCore:
    return _seldom(core._replace(looks=core.looks.reopened()), agreed=agreements.begun_anew(core.agreed))


def _same(core: CaseCore, event: Event) -> CaseCore:
    return core


def _authority_checked(core: CaseCore, event: Event) -> CaseCore:
    data: AuthorityCheckedData = event.data
    after = authority_checked(core.speakers, data["authority"], data["until"], data["ends_at"])
    return core._replace(seldom=_spoken(after, core.seldom))


def _duties_added(core: CaseCore, event: Event) -> CaseCore:
    """An authority that has run out is only claimed again, unless somebody looked at it anew meanwhile."""
    data: DutiesAddedData = event.data
    anew = any(at > event.basis_ordinal for name, at in core.counting_acts if name in ON_AUTHORITY)
    if data["reason"] != AUTHORITY_ENDED or anew:
        return core
    return core._replace(seldom=_spoken(authority_ended(core.speakers), core.seldom))


def _representative_changed(core: CaseCore, event: Event) -> CaseCore:
    data: RepresentativeChangedData = event.data
    before = core.speakers or Speakers(himself=not core.anonymous)
    person, relation, authority = data["proxy"], data["relation"], data["authority"]
    proxy = NewProxy(person, relation, authority) if person and relation and authority else None
    return core._replace(
        seldom=_spoken(representative_changed(before, data["removed"], data["added"], proxy), core.seldom)
    )


def _with(parties: tuple[str, ...], more: list[str]) -> tuple[str, ...]:
    return once((*parties, *(person for person in more if person not in parties)))


BRANCHES: dict[str, Callable[[CaseCore, Event], CaseCore]] = {
    "ReceiptAdded": _receipt_added,
    "ReceiptCorrected": _receipt_corrected,
    "CaseRouted": _first_routed,
    "CaseRerouted": _routed,
    "CaseEscalated": _escalated,
    "HandlerReassigned": _reassigned,
    "AgentNamed": _agent_named,
    "HandoverRefused": _handover_refused,
    "ComplainedUnitDetermined": _unit_determined,
    "PartyConcernedNamed": _party_named,
    "InvestigationRecorded": _investigated,
    "ComplaintClassified": _classified,
    "MajorFlagged": _flagged,
    "DecisionRevised": _revised,
    "DissatisfactionReviewed": _reviewed,
    "ApprovalRequested": _approval_requested,
    "ApprovalGranted": _approval_answered,
    "ApprovalRefused": _approval_answered,
    "NegotiationPlanOffered": _plan_offered,
    "NegotiationPlanAnswered": _plan_answered,
    "SettledOnTheSpot": _settled,
    "DecisionMade": _decided,
    "CaseReopened": _reopened,
    "AuthorityChecked": _authority_checked,
    "DutiesAdded": _duties_added,
    "RepresentativeChanged": _representative_changed,
    **dict.fromkeys(
        (
            "ClockBreached", "MessageSent", "HandoverAccepted", "CustomerContacted", "InterimReplyGiven",
            "SettlementDenied", "NegotiationPlanStepExecuted", "RemedyExecuted", "CustomerReplied",
            "SatisfactionRecorded", "ResultReported", "ResultTracked",
            "TransferringBodyAnswered", "OverrunReasonReported", "OverrunExplained",
            "EscalationRequested", "DutyWaived", "ApprovalRequestWithdrawn", "DeliveryRecorded", "CaseWithdrawn",
            "CaseNotAccepted", "CaseClosed", "CaseArchived",
            "DispatchPassedDown", "ReportPassedUp", "MediaAnswered",
            "AssistanceRequested", "AssistanceGiven",
            "CorrectiveActionOpened", "CorrectiveActionCompleted", "SuggestionPassedUp", "SuggestionAnswered",
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
