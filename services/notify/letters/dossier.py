"""What a letter rests on: the case's facts up to the moment its sending was decided. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from services.notify.letters.kinds import KINDS
from services.notify.state import REPLY
from shared.case import core as case_core
from shared.case.core import CORE_FOLDS, CaseCore
from shared.case.duties import Place
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.base import EventData, Sealed
from shared.contract.events.casework import CaseNotAccepted, DecisionMade, ResultReported, SettledOnTheSpot
from shared.contract.events.intake import ComplaintReceived
from shared.contract.events.settlement import Remedy
from shared.contract.events.sla import ClockRecomputed, ClockStarted, Deadline

D = TypeVar("D", bound=EventData)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as it stood when a sending was decided: a repetition years later rests on the same facts.

    ``cause`` is the fact that the letter answers; a repeated letter answers what the first one did.
    """

    receipt: ComplaintReceived
    core: CaseCore
    events: tuple[Event, ...]
    cause: Event

    @classmethod
    def of(cls, events: Iterable[Event], started: Event) -> "Dossier":
        """Read a case's events, in log order, up to the one that started the sending."""
        before = tuple(takewhile(lambda e: e.id != started.id, events))
        receipt, core = None, None
        for event in before:
            if event.name in CORE_FOLDS:
                core = case_core.evolve(core, event)
            if event.name == "ComplaintReceived" and receipt is None:
                receipt = parse(event)
        if core is None or not isinstance(receipt, ComplaintReceived):
            raise ValueError("a letter needs the receipt of its case")
        return cls(receipt, core, before, _cause_of(before, started))

    @property
    def accepting(self) -> Place:
        """Who accepts the case; until it is routed, the unit that received it."""
        return self.core.accepting or Place(self.receipt.received_by.unit, None, self.receipt.received_by.person)

    @property
    def limit(self) -> Deadline | None:
        """The bank's own deadline to the reply, as it stood last: a reopened case has a new one."""
        clocks = (e for e in reversed(self.events) if e.name in ("ClockStarted", "ClockRecomputed"))
        last = next((parse(e) for e in clocks if e.data["milestone"] == REPLY), None)
        return last.deadline if isinstance(last, ClockStarted | ClockRecomputed) else None

    def latest(self, shape: type[D]) -> D:
        """The fact of a type that the letter is about: its cause, else the last before it.

        Raises:
            ValueError: there is none.
        """
        facts = [self.cause, *reversed(self.events)]
        found = next((parse(event) for event in facts if event.name == shape.__name__), None)
        if not isinstance(found, shape):
            raise ValueError(f"a letter about a {shape.__name__} that never happened")
        return found


def _cause_of(before: tuple[Event, ...], started: Event) -> Event:
    """The fact a letter answers; for a repetition what the first letter answered."""
    known = {event.id: event for event in before}
    cause = known.get(started.causationid, before[0])
    while cause.name == "MessageResendRequested":
        repeated = cause.data["message_id"]
        first = next(e for e in before if e.name in FIRST and e.data.get("message_id") == repeated)
        cause = known.get(first.causationid, before[0])
    return cause


FIRST = ("MessageSendStarted", "MessageSuppressed")


def quoted(kind: str, dossier: Dossier) -> dict[str, Sealed]:
    """The sealed texts that a letter of this kind quotes, by the name of the fact. Nothing else is opened for it."""
    texts = _texts(kind, dossier)
    allowed = KINDS[kind].quotes | {"remedy"}
    return {name: text for name, text in texts.items() if text is not None and name.partition(".")[0] in allowed}


def _texts(kind: str, dossier: Dossier) -> dict[str, Sealed | None]:
    matter, who = dossier.receipt.matter, dossier.receipt.complainant
    name = {"customer_name": who.name if who else None}
    match kind:
        case "written_notice" | "escalation_notice":
            return {"narrative": matter.narrative, "request": matter.request}
        case "decision_notice":
            made = dossier.latest(DecisionMade)
            told = {"findings": made.findings, "grounds": made.grounds, "decision": made.decision}
            return name | told | _remedies(made.remedies_offered)
        case "settlement_notice":
            settled = dossier.latest(SettledOnTheSpot).settlement
            return name | {"findings": settled.findings, "agreed": settled.words} | _remedies((settled.remedy,))
        case "not_accepted_notice":
            return name | {"signpost": dossier.latest(CaseNotAccepted).signpost}
        case "result_report":
            return _report(dossier)
        case _:
            return name


def _remedies(remedies: tuple[Remedy, ...]) -> dict[str, Sealed | None]:
    return {f"remedy.{at}": remedy.words for at, remedy in enumerate(remedies)}


def _report(dossier: Dossier) -> dict[str, Sealed | None]:
    """The report upward: the handler's own, or what a settlement on the spot says in its place."""
    if dossier.cause.name == "SettledOnTheSpot":
        settled = dossier.latest(SettledOnTheSpot).settlement
        return {
            "cause_and_findings": settled.findings,
            "treatment_of_persons": settled.treatment_of_persons,
            "lessons_and_measures": settled.lessons_and_measures,
            "handler_and_phone": settled.handler_and_phone,
        }
    report = dossier.latest(ResultReported)
    return {
        "cause_and_findings": report.cause_and_findings,
        "treatment_of_persons": report.treatment_of_persons,
        "lessons_and_measures": report.lessons_and_measures,
        "handler_and_phone": report.handler_and_phone,
        "no_copy_reason": report.no_copy_reason,
    }
