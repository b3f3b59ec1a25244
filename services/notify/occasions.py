"""Which letters a fact calls for (contract 3 and 4). Pure."""

from collections.abc import Iterable, Iterator

from services.notify.addressing import Addressing, Outcome, Why
from services.notify.letters.kinds import KINDS
from services.notify.state import REPLY, NotifyState
from shared.case.duties import Duty, Place
from shared.contract.envelope import Event
from shared.contract.events.base import EventData
from shared.contract.events.notify import CustomerRecipient, MessageKind, MessageSuppressed
from shared.kernel.service import Context


class Occasion:
    """One fact on one case, as the case stands when its letters are decided: other facts may have come since."""

    def __init__(self, state: NotifyState, cause: Event, context: Context) -> None:
        self.state = state
        self.core = state.core
        self.cause = cause
        self.letters = Addressing(state, cause.id, context)

    def called_for(self) -> Iterator[EventData]:
        """Each letter, started or suppressed; at least one."""
        letters, data = self.letters, self.cause.data
        match self.cause.name:
            case "CaseRouted" | "ClockStarted":
                yield letters.to_customer("acknowledgement")
                yield self._notice()
            case "ClockWarned":
                yield self._chaser("warning_chaser")
            case "TargetPassed":
                yield self._chaser("target_chaser")
            case "ClockBreached":
                yield from self._breached()
            case "CaseRerouted" | "HandlerReassigned":
                yield self._notice()
                yield from self._cancelled()
            case "CaseEscalated":
                yield letters.to_person(Place(data["to"]["unit"], None, data["to"]["person"]), "escalation_notice")
                yield from self._cancelled()
            case "DecisionMade":
                yield letters.to_customer("decision_notice")
            case "SettledOnTheSpot":
                yield letters.to_customer("settlement_notice")
                yield from self._reports(data["settlement"]["copy_to"])
            case "ResultReported":
                yield from self._reports(data["copy_to"])
            case "CaseNotAccepted":
                yield letters.to_customer("not_accepted_notice")
            case "CaseClosed":
                note = letters.to_customer("closing_note")
                yield note if self.core.did("CaseClosed") else instead(note, "no_longer_needed")
            case "CaseWithdrawn":
                yield letters.never("withdrawal_confirmation", "withdrawn")
            case "MessageResendRequested":
                yield self._again(data["message_id"])
            case _:
                raise ValueError(f"no letter answers {self.cause.type}")

    # -- owners --------------------------------------------------------------------------------------

    def _notice(self) -> Outcome:
        """The written notice to the handler; not a second one to somebody who has it, unless it is owed anew."""
        handler = self.core.handler
        notice = self.letters.to_person(handler, "written_notice")
        if self.core.did("CaseNotAccepted", "CaseClosed", "CaseArchived"):
            return instead(notice, "no_longer_needed")
        if handler is None or handler.person not in {place.person for place in self.state.holders}:
            return notice
        under_way = any(
            m.kind == "written_notice" and m.state == "started" and m.to and m.to.person == handler.person
            for m in self.state.messages
        )
        return instead(notice, "already_told") if under_way or notice.duty_id is None else notice

    def _cancelled(self) -> Iterator[Outcome]:
        """A short note to everybody who was told that the case is theirs, and whose it is not any more."""
        present = self.core.handler.person if self.core.handler else None
        for place in self.state.holders:
            if place.person != present:
                yield self.letters.to_person(place, "handover_cancelled")

    # -- time ----------------------------------------------------------------------------------------

    def _chaser(self, kind: MessageKind) -> Outcome:
        chaser = self.letters.to_person(self._in_charge(), kind)
        met = bool(self.core.watched_duties()) and not self.core.clock_open()
        return instead(chaser, "no_longer_needed") if met and self.cause.data["milestone"] == REPLY else chaser

    def _breached(self) -> Iterator[Outcome]:
        """A breach of the bank's own clock is told to who handles and who accepts; one of a duty to who owes it."""
        duty_id = self.cause.data.get("duty_id")
        if duty_id is not None:
            yield self._duty_chaser(next((d for d in self.core.duties() if d.id == duty_id), None), duty_id)
            return
        in_charge, accepting = self._in_charge(), self.letters.accepting
        yield self.letters.to_person(in_charge, "breach_notice")
        if in_charge and accepting and accepting.person != in_charge.person:
            yield self.letters.to_person(accepting, "breach_notice")

    def _in_charge(self) -> Place | None:
        """The handler; while there is none, the case still belongs to who accepted it."""
        handler = self.core.handler
        return handler if handler is not None and handler.person is not None else self.letters.accepting

    def _duty_chaser(self, duty: Duty | None, duty_id: str) -> Outcome:
        debtor = self.letters.holding(duty.terms.debtor) if duty is not None else None
        chaser = self.letters.to_person(debtor, "duty_chaser", duty_id)
        return chaser if duty is not None and duty.state == "open" else instead(chaser, "no_longer_needed")

    # -- reports and repetitions ---------------------------------------------------------------------

    def _reports(self, copies: Iterable[str]) -> Iterator[Outcome]:
        """To the accepting post, the superior of the complained unit and the units of the copies; to nobody twice."""
        told = set()
        for report in self._all_reports(copies):
            if report.recipient is None or report.recipient not in told:
                yield report
            told.add(report.recipient)

    def _all_reports(self, copies: Iterable[str]) -> Iterator[Outcome]:
        yield self.letters.to_person(self.letters.accepting, "result_report")
        if self.core.complained_unit is not None:
            yield self.letters.to_person(self.letters.office_above(self.core.complained_unit), "result_report")
        for unit in copies:
            yield self.letters.to_unit(unit, "result_report")

    def _again(self, message_id: str) -> Outcome:
        """The same letter to the same recipient, by the rules as they are now."""
        message = self.state.message(message_id)
        if message is None:
            raise ValueError("a repetition of a message that was never due")
        kind: MessageKind = message.kind  # type: ignore[assignment] # it was one when it was recorded
        if KINDS[kind].to_customer:
            return self.letters.to_customer(kind)
        if message.to is not None and message.to.person is None:
            return self.letters.to_unit(message.to.unit, kind)
        return self.letters.to_person(message.to, kind)


def instead(letter: Outcome, why: Why) -> Outcome:
    """No letter after all, for this reason, unless there was another one already."""
    if isinstance(letter, MessageSuppressed):
        return letter
    recipient = None if isinstance(letter.recipient, CustomerRecipient) else letter.recipient
    return MessageSuppressed(
        kind=letter.kind, duty_id=letter.duty_id, why=why, message_id=letter.message_id, recipient=recipient
    )
