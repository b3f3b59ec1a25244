"""The core of a case is what every service knows of it: its life, its owners, its duties. Pure, and small.

How events change it stands in ``shared.case.folding``. One case takes well under a kilobyte: what cases have in common
(places, lists of duties, acts) is one object.
"""

from collections.abc import Iterator
from typing import NamedTuple

from shared.case.agreements import NOTHING_AGREED, Agreements
from shared.case.duties import CountingActs, Duty, Openings, Place, Terms, all_of
from shared.case.duty_kinds import ANSWER, INTERNAL_CLOCK, REPORT_UP, WATCHED
from shared.case.levels import NO_CHAINS, Chains, is_lowest_report
from shared.case.second_looks import NONE, SecondLooks
from shared.case.speakers import Speakers

REVISION = "DecisionRevised"
ENDINGS = ("CaseWithdrawn", "CaseNotAccepted", "CaseClosed", "CaseArchived")
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
