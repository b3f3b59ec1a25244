"""The facts of one letter, in the words of its language. Pure: sealed texts come in opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from services.notify.letters.dossier import Dossier
from services.notify.letters.kinds import KINDS
from services.notify.letters.template import LetterFacts
from services.notify.letters.words import REMEDIES_OPEN, closing_time, in_words
from shared.bank.organisation import Organisation, Unit
from shared.contract.amounts import date_in_words, money_in_words
from shared.contract.events.casework import CaseNotAccepted, DecisionMade, RemedyOpen, ResultReported, SettledOnTheSpot
from shared.contract.events.notify import MessageSendStarted, StaffRecipient, UnitRecipient
from shared.contract.events.settlement import Remedy
from shared.contract.words import DUTIES

ALL_REMEDIES: tuple[RemedyOpen, ...] = get_args(RemedyOpen)
NO_INSTITUTIONS = frozenset({"department", "outlet"})
"""What decides in the name of the unit above it, as on the ladder."""


class Limit(NamedTuple):
    """A limit that a letter names."""

    due_on: date
    due_at: datetime
    target_on: date | None


def facts_of(
    dossier: Dossier,
    data: MessageSendStarted,
    organisation: Organisation,
    sent_at: datetime,
    texts: Mapping[str, str],
) -> LetterFacts:
    """Everything the letter's template may use. ``texts``: what ``dossier.quoted`` names, opened."""
    return _Facts(dossier, data, organisation, sent_at.astimezone(ZoneInfo(organisation.bank.timezone)), texts).all()


@dataclass(frozen=True)
class _Facts:
    dossier: Dossier
    data: MessageSendStarted
    organisation: Organisation
    sent_at: datetime
    texts: Mapping[str, str]

    def all(self) -> LetterFacts:
        return LetterFacts(**self._case(), **self._limit(), **self._recipient(), **self._of_kind(), **self._quotes())

    # -- what every letter knows -----------------------------------------------------------------------

    def _case(self) -> dict[str, Any]:
        core, receipt, units = self.dossier.core, self.dossier.receipt, self.organisation.units
        accepting, handler = self.dossier.accepting, core.handler
        unit, limit = units[accepting.unit], self.dossier.limit
        complained = units.get(core.complained_unit or "")
        return {
            "case_number": receipt.case_number,
            "bank_name": self.organisation.bank.name,
            "channel": self._words(core.channel),
            "received_on": self._on(receipt.received_at.astimezone(self.sent_at.tzinfo).date()),
            "sent_on": self._on(self.sent_at.date()),
            "accepting_unit": unit.name,
            "accepting_name": self._name(accepting.person),
            "accepting_phone": unit.phone,
            "complained_unit": complained.name if complained else "-",
            "handler_name": self._name(handler.person if handler else None) or unit.name,
            "handler_unit": units[handler.unit].name if handler else unit.name,
            "reason": self._words(core.reason or "unclassified"),
            "complaint_class": self._words((limit.complaint_class if limit else None) or "ordinary"),
        }

    def _limit(self) -> dict[str, Any]:
        """The limit, if the recipient may be told: a customer never hears of one that has passed (contract 3)."""
        limit = self._its_limit
        if limit is None or (KINDS[self.data.kind].to_customer and self.sent_at >= limit.due_at):
            return {}
        return {
            "due_on": self._on(limit.due_on),
            "target_on": self._on(limit.target_on) if limit.target_on else None,
            "closing": closing_time(limit.due_at.astimezone(self.sent_at.tzinfo).time(), self.data.language),
            "days_left": (limit.due_on - self.sent_at.date()).days,
        }

    @cached_property
    def _its_limit(self) -> Limit | None:
        """That of the clock that the letter is about; of the bank's own where it is about none."""
        fact = self.dossier.cause.data
        if self.dossier.cause.name in ("ClockWarned", "TargetPassed", "ClockBreached"):
            target = fact.get("target_on")
            return Limit(
                date.fromisoformat(fact["due_on"]),
                datetime.fromisoformat(fact["due_at"]),
                date.fromisoformat(target) if target else None,
            )
        found = self.dossier.limit
        return Limit(found.due_on, found.due_at, found.target_on) if found else None

    def _recipient(self) -> dict[str, Any]:
        match self.data.recipient:
            case StaffRecipient(person=person):
                return {"recipient_name": self._name(person)}
            case UnitRecipient(unit=unit):
                return {"recipient_name": self.organisation.units[unit].name}
            case _:
                return {}

    # -- what only some letters know -------------------------------------------------------------------

    def _quotes(self) -> dict[str, Any]:
        return {name: text for name, text in self.texts.items() if name in KINDS[self.data.kind].quotes}

    def _of_kind(self) -> dict[str, Any]:
        match self.data.kind:
            case "decision_notice":
                return self._decision(self.dossier.latest(DecisionMade))
            case "settlement_notice":
                settled = self.dossier.latest(SettledOnTheSpot).settlement
                return self._remedies((settled.remedy,), ALL_REMEDIES)
            case "not_accepted_notice":
                return {"ground": self._words(self.dossier.latest(CaseNotAccepted).ground)}
            case "written_notice":
                return {"settled": self.dossier.core.did("SettledOnTheSpot")}
            case "escalation_notice":
                return {"takes_over": self.dossier.cause.data["mode"] == "takes_over"}
            case "breach_notice":
                return {"explain": self.dossier.core.customer_known}
            case "duty_chaser":
                return {"duty": self._duty()}
            case "result_report":
                return self._report()
            case _:
                return {}

    def _decision(self, made: DecisionMade) -> dict[str, Any]:
        return {"outcome": self._words(made.outcome), **self._remedies(made.remedies_offered, made.remedies_open)}

    def _remedies(self, offered: tuple[Remedy, ...], still_open: tuple[RemedyOpen, ...]) -> dict[str, Any]:
        phrases = REMEDIES_OPEN[self.data.language]
        return {
            "remedies_offered": tuple(self._remedy(at, remedy) for at, remedy in enumerate(offered)),
            "remedies_open": tuple(phrases[code].replace("{superior}", self._superior()) for code in still_open),
        }

    def _remedy(self, at: int, remedy: Remedy) -> str:
        """A remedy in one phrase: what it is, how much, and what was said of it."""
        language = self.data.language
        amount = ""
        if remedy.amount_minor is not None and remedy.currency is not None:
            amount = money_in_words(remedy.amount_minor, remedy.currency, language)
        words = self.texts.get(f"remedy.{at}")
        if language == "zh":
            return self._words(remedy.kind) + amount + (f"：{words}" if words else "")
        return self._words(remedy.kind) + (f" of {amount}" if amount else "") + (f": {words}" if words else "")

    def _superior(self) -> str:
        """Where a review is applied for: the institution above the one that decided, with how to reach it."""
        handler = self.dossier.core.handler or self.dossier.accepting
        institutions = [u for u in self.organisation.upward(handler.unit) if u.kind not in NO_INSTITUTIONS]
        return self._reached(institutions[min(1, len(institutions) - 1)])

    def _reached(self, unit: Unit) -> str:
        zh = self.data.language == "zh"
        address = [(("地址：" if zh else "address: ") + unit.address)] if unit.address else []
        phone = [(("电话：" if zh else "telephone: ") + unit.phone)] if unit.phone else []
        if not address and not phone:
            return unit.name
        return f"{unit.name}（{'，'.join(address + phone)}）" if zh else f"{unit.name} ({', '.join(address + phone)})"

    def _duty(self) -> str:
        """The duty that is overdue; a duty that the case does not know any more is named as a whole."""
        wanted = self.dossier.cause.data.get("duty_id")
        kind = next((d.terms.kind for d in self.dossier.core.duties() if d.id == wanted), "handle")
        return DUTIES[self.data.language].get(kind, kind)

    def _report(self) -> dict[str, Any]:
        if self.dossier.cause.name == "SettledOnTheSpot":
            settled = self.dossier.latest(SettledOnTheSpot).settlement
            return self._reported(settled.satisfaction.value, self.dossier.cause.happened_at, settled.copy_to)
        report = self.dossier.latest(ResultReported)
        return self._reported(report.satisfaction, report.handled_at, report.copy_to)

    def _reported(self, satisfaction: str, handled_at: datetime, copies: tuple[str, ...]) -> dict[str, Any]:
        return {
            "satisfaction": self._words(satisfaction),
            "handled_on": self._on(handled_at.astimezone(self.sent_at.tzinfo).date()),
            "copies": tuple(self.organisation.units[unit].name for unit in copies),
        }

    # -- words -----------------------------------------------------------------------------------------

    def _words(self, code: str) -> str:
        return in_words(code, self.data.language)

    def _on(self, day: date) -> str:
        return date_in_words(day, self.data.language)

    def _name(self, person: str | None) -> str | None:
        return self.organisation.people[person].name if person is not None else None
