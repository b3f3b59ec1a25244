"""A telephone case as notify sees it, on which things happen: given-when-then for letters, and a case to quote from."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from ops.local.reference import EXAMPLE_ORGANISATION
from services.notify.decisions import SERVICE
from services.notify.letters.content import content_of, quoted
from services.notify.letters.dossier import CaseDossier
from services.notify.letters.fields import LetterContent
from services.notify.letters.kinds import KINDS
from services.notify.state import NotifyState
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.bank.in_force import bank_calendar
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import Reference
from shared.case.duties import Duty
from shared.contract.envelope import Event
from shared.contract.events import EventData
from shared.contract.events.agreements import NegotiationPlanAnswered, NegotiationPlanOffered
from shared.contract.events.base import DutyEnded, DutyOpened, PersonAt, PostAt, Sealed
from shared.contract.events.casework import DecisionMade, ResultReported, SettledOnTheSpot
from shared.contract.events.ending import CaseNotAccepted, CaseReopened
from shared.contract.events.intake import ReceiptAdded
from shared.contract.events.notify import MessageFailed, MessageSendStarted, MessageSent, MessageSuppressed
from shared.contract.events.routing import CaseRerouted
from shared.contract.events.sla import ClockBreached, ClockRecomputed, ClockWarned, TargetPassed
from shared.contract.ids import event_id
from shared.kernel.service import LogTrigger, ResultTrigger
from tests.support.facts import CASE, NOW, SEALED, Given, event, receipt, reference, shipped_pack

ORGANISATION = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
LUO = PersonAt(unit="dongqiao.lending", person="luo.tian")
FAN = PersonAt(unit="dongqiao.lending", person="fan.yi")
BAI = PersonAt(unit="dongqiao.hall", person="bai.xue")
SHEN = PersonAt(unit="dongqiao", person="shen.bo")
EMAIL = Sealed(label="complainant.email", box="BBBB")
ADDRESS = Sealed(label="complainant.address", box="CCCC")
NEXT_DAY = NOW + timedelta(days=1)
DUE = {"clock_id": "clock", "milestone": "reply", "due_on": date(2020, 3, 10)}
DUE_AT = datetime.fromisoformat("2020-03-11T00:00:00+08:00")


@cache
def published(organisation: str) -> Reference:
    """The shipped reference data with an organisation; parsed once, since nobody changes them."""
    return reference(organisation=organisation)


class LetterCase:
    """A routed case whose clock runs; its first letters are sent unless told otherwise."""

    def __init__(self, organisation: str = ORGANISATION, first_letters: bool = True, **changes: Any) -> None:
        self.known = published(organisation)
        received = event(receipt(**changes))
        routed = event(Given(ROUTING, known=self.known).when_event(received)[0], received.id)
        clock = event(Given(SLA, known=self.known).when_event(received)[0], received.id)
        self.log: list[Event] = []
        self.given = Given(SERVICE, known=self.known)
        self._causes = 0
        self._answers: dict[str, tuple[str, int]] = {}
        for one in (received, routed):
            self.fold(one)
        self.first = self.when_event(clock)
        if first_letters:
            self.all_sent(self.first)

    @property
    def state(self) -> NotifyState:
        """What notify keeps of it."""
        assert isinstance(self.given.state, NotifyState)
        return self.given.state

    def fold(self, one: Event) -> Event:
        """Something is in the log."""
        placed = self.given.placed(one)
        self.given.fold(one)
        self.log.append(placed)
        return placed

    def when_event(self, one: Event, now: datetime = NEXT_DAY) -> list[Any]:
        """What notify answers an event with; empty if it owes nothing."""
        self.log.append(self.given.placed(one))
        return self._answered(one, self.given.when_event(one, now))

    def _answered(self, one: Event, letters: list[Any]) -> list[Any]:
        """Remember what each letter answers, for when its sending starts."""
        for position, letter in enumerate(letters):
            self._answers[letter.message_id] = (one.id, position)
        return letters

    def when(self, data: EventData, now: datetime = NEXT_DAY, basis: str | None = None, **more: object) -> list[Any]:
        """What notify answers a fact with. ``more``: fields that are to be otherwise."""
        return self.when_event(self.event(data, basis, **more), now)

    def event(self, data: EventData, basis: str | None = None, **more: object) -> Event:
        """The event of a fact that has a cause of its own."""
        self._causes += 1
        made = event(data, f"cause {self._causes}", at=NEXT_DAY)
        return made._replace(data=made.data | more, basisid=basis)

    def next_id(self, service: str) -> str:
        """The id that the next fact will have, if a service says it."""
        return event_id(service, CASE, f"cause {self._causes + 1}", 0)

    def happens(self, data: EventData, basis: str | None = None, **more: object) -> Event:
        """A fact is in the log, and notify has not answered it yet."""
        return self.fold(self.event(data, basis, **more))

    def answer(self, one: Event, now: datetime = NEXT_DAY) -> list[Any]:
        """What notify answers a fact with that lies in the log already."""
        return self._answered(one, [fact.data for fact in self.given.when(LogTrigger(one), now)])

    def falls_due(self, kind: str) -> list[Any]:
        """What notify says when the first of what falls due in this way does."""
        timer = next(one for one in SERVICE.timers(CASE, self.state) if one.kind == kind)
        letters: list[Any] = [fact.data for fact in self.given.when(timer, timer.due_at)]
        for position, letter in enumerate(letters):
            self._answers[letter.message_id] = (timer.id, position)
        return letters

    # -- sendings --------------------------------------------------------------------------------------

    def started(self, letter: Any) -> Event:
        """The start of a letter's sending, or a deliberate no, folded."""
        cause, position = self._answers[letter.message_id]
        return self.fold(event(letter, cause, position, at=NEXT_DAY))

    def all_sent(self, letters: list[Any]) -> None:
        """The letters are started and sent, the deliberate noes recorded."""
        for letter in letters:
            begun = self.started(letter)
            if isinstance(letter, MessageSendStarted):
                self.fold(event(self.result(begun), begun.id, at=NEXT_DAY))

    def result(self, started: Event, **outcome: object) -> MessageSent | MessageFailed:
        """What notify records of a sending that went well, or otherwise."""
        dropped = ("about", "organisation", "language")
        common = {key: value for key, value in started.data.items() if key not in dropped}
        how = {"outcome": "sent", "smtp_reply": "250", "content_sha256": "ab"} | outcome
        fact = self.given.when(ResultTrigger(started.id, CASE, common | how))[0].data
        assert isinstance(fact, MessageSent | MessageFailed)
        return fact

    # -- duties ----------------------------------------------------------------------------------------

    def duty(self, kind: str) -> Duty:
        """The open duty of a kind."""
        return self.state.core.open_duties(kind)[-1]

    def ending(self, *kinds: str) -> tuple[DutyEnded, ...]:
        """The ends of these open duties."""
        return tuple(
            DutyEnded(id=d.id, kind=d.terms.kind, state="discharged") for d in self.state.core.open_duties(*kinds)
        )


def told(letters: list[Any]) -> list[tuple[str, str | None]]:
    """Kind and recipient of each letter that is started; a unit's mailbox by the unit."""
    started = [letter for letter in letters if isinstance(letter, MessageSendStarted)]
    return [(m.kind, getattr(m.recipient, "person", None) or getattr(m.recipient, "unit", "customer")) for m in started]


def noes(letters: list[Any]) -> list[tuple[str, str]]:
    """Kind and reason of each letter that is deliberately not sent."""
    return [(letter.kind, letter.why) for letter in letters if isinstance(letter, MessageSuppressed)]


def sealed(label: str) -> Sealed:
    """A text that somebody typed; its box names it."""
    return Sealed(label=label, box=label)


# -- what people do and clocks say ---------------------------------------------------------------------


def decision(**changes: Any) -> DecisionMade:
    """The handler decided."""
    texts = {name: sealed(name) for name in ("findings", "grounds", "decision")}
    base = {"outcome": "upheld", "remedies_open": ["review", "mediation", "arbitration", "litigation"], **texts}
    return DecisionMade.model_validate(base | changes)


def plan_offered(**changes: Any) -> NegotiationPlanOffered:
    """The customer is offered a plan with a step, two ways and two times."""
    step = {"what": sealed("words"), "due_on": "2020-03-12", "due_at": "2020-03-13T00:00:00+08:00", "by": "luo.tian"}
    base = {
        "plan_version": 1, "steps": [step], "ways": ["phone", "in_person"], "answer_by": "2020-03-09",
        "times": ["2020-03-10T10:00:00+08:00", "2020-03-11T15:30:00+08:00"],
        "remedies": [{"kind": "fee_waiver", "words": sealed("remedy")}],
    }  # fmt: skip
    return NegotiationPlanOffered.model_validate(base | changes)


def plan_answered(plan: str, **changes: Any) -> NegotiationPlanAnswered:
    """The customer accepts it, and chooses the second time; reminded as the bank opens the day before."""
    base = {"plan": plan, "plan_version": 1, "answer": "accepted", "way": "in_person"}
    when = {"at_time": "2020-03-11T15:30:00+08:00", "remind_at": "2020-03-10T09:00:00+08:00"}
    return NegotiationPlanAnswered.model_validate(base | when | changes)


def settlement(**changes: Any) -> SettledOnTheSpot:
    """Settled with the customer's agreement."""
    texts = ("findings", "words", "agreed_proof", "lessons_and_measures", "treatment_of_persons", "handler_and_phone")
    base = {name: sealed(name) for name in texts} | {
        "remedy": {"kind": "refund", "amount_minor": 5000, "currency": "CNY", "words": sealed("remedy")},
        "customer_agreed": True,
        "satisfaction": {"value": "satisfied"},
        "remedies_told": True,
    }
    return SettledOnTheSpot.model_validate({"settlement": base | changes})


def report(**changes: Any) -> ResultReported:
    """The handler's report with its six elements."""
    texts = ("cause_and_findings", "treatment_of_persons", "lessons_and_measures", "handler_and_phone")
    base = {name: sealed(name) for name in texts} | {"satisfaction": "satisfied", "handled_at": NEXT_DAY}
    return ResultReported.model_validate(base | changes)


def not_accepted() -> CaseNotAccepted:
    """The complaint is none of this bank's."""
    return CaseNotAccepted(ground="not_this_bank", signpost=sealed("signpost"), approved_by="qiu.min")


def warned(**changes: object) -> ClockWarned:
    """The limit is near."""
    return ClockWarned.model_validate(DUE | {"due_at": DUE_AT, "warning": "day_before_due"} | changes)


def passed(**changes: object) -> TargetPassed:
    """The target is behind."""
    return TargetPassed.model_validate(DUE | {"due_at": DUE_AT, "target_on": date(2020, 3, 9)} | changes)


def breached(**changes: object) -> ClockBreached:
    """The limit passed."""
    return ClockBreached.model_validate(DUE | {"due_at": DUE_AT, "duties_opened": []} | changes)


def received_again(**changes: Any) -> ReceiptAdded:
    """The same complaint once more, by letter."""
    said = {"receipt_id": "again", "channel": "letter", "received_at": NEXT_DAY, "fingerprint": "g", "anonymous": False}
    base = said | {"received_by": {"unit": "dongqiao", "person": "wu.qing"}, "matter": {"narrative": SEALED}}
    return ReceiptAdded.model_validate(base | changes)


def reopened(case: LetterCase) -> list[Any]:
    """What notify answers when a case is taken up again, and the clock of the new round starts."""
    assert [] == case.when(CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY))
    first = next(one for one in case.log if one.name == "ClockStarted")
    later = first.data["deadline"] | {"due_on": "2020-03-12", "due_at": "2020-03-13T00:00:00+08:00"}
    return case.when_event(first._replace(id="anew", data=first.data | {"clock_id": "anew", "deadline": later}))


def moved(case: LetterCase, days: int = 7, ground: str = "reclassified") -> ClockRecomputed:
    """The bank's own limit moves by so many days."""
    clock = next(one.data for one in case.log if one.name == "ClockStarted" and one.data["duty_id"] is None)
    deadline, by = clock["deadline"], timedelta(days=days)
    due_on = date.fromisoformat(deadline["due_on"]) + by
    later = {"due_on": due_on, "due_at": datetime.fromisoformat(deadline["due_at"]) + by}
    said = {"clock_id": clock["clock_id"], "milestone": "reply", "ground": ground}
    return ClockRecomputed.model_validate(said | {"deadline": deadline | later})


def rerouted(case: LetterCase, to: Any, at: str = "dongqiao.hall") -> CaseRerouted:
    """The case goes to another handler, with a notice to them owed."""
    decided = case.log[1].data["decision"] | {"handler": to.model_dump() if to else None, "complained_unit": at}
    opened = []
    if to is not None:
        post = PostAt(unit=to.unit, post="unit_head", person=to.person)
        accepting = PostAt(unit="dongqiao", post="complaint_post", person="lin.fang")
        opened = [DutyOpened(id="notice", kind="deliver_written_notice", debtor=accepting, creditor=post)]
    return CaseRerouted.model_validate(
        {"ground": "refused", "decision": decided, "duties_opened": opened, "duties_ended": []}
    )


# -- what letters say ----------------------------------------------------------------------------------


def content_about(
    case: LetterCase,
    letter: Any,
    organisation: str = ORGANISATION,
    at: datetime = NEXT_DAY,
    tried_at: datetime | None = None,
) -> LetterContent:
    """What a letter may tell; a sealed text is told as the name in its box."""
    kind, begun = KINDS[letter.kind], case.started(letter)
    dossier = CaseDossier.of(case.log, begun)
    texts = {name: text.box for name, text in quoted(kind, dossier).items()}
    calendar = bank_calendar(case.known, at).calendar
    return content_of(
        kind, dossier, letter, parse_organisation(organisation), at, texts, shipped_pack(), tried_at, calendar
    )


CUSTOMER, HANDLER = 0, 1
"""The two first letters."""


def first_content(sent_at: str, letter: int, organisation: str = ORGANISATION, **changes: Any) -> LetterContent:
    """What one of the first letters may tell when it is decided at an instant."""
    case = LetterCase(organisation, first_letters=False, **changes)
    return content_about(case, case.first[letter], organisation, datetime.fromisoformat(sent_at))
